import { expect, firefox, type Page } from "@playwright/test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FirefoxItself } from "./bidi.ts";
import { Extension, microsoft, type Browser, type Wanted } from "./browsers.ts";

/** Firefox is Debian's; undefined where there is none. */
export const firefoxAt = [process.env.FIREFOX ?? "/usr/bin/firefox-esr"].find(existsSync);

const built = fileURLToPath(new URL("../extension/dist/firefox-mv3", import.meta.url));

/** The extension's id in its manifest, and the number that Firefox would draw by lot for its pages. */
const id = "{b0db5572-0db9-46c8-96de-96b567c963c4}", pages = "11111111-2222-4333-8444-555555555555";

/** The extension as it is built, in a Firefox whose own questions are answered as a person does. */
export class FirefoxExtension extends Extension {
  constructor(context: Browser["context"], readonly browser: FirefoxItself) { super(context, `moz-extension://${pages}`); }

  protected override async allow() { await this.answer("Allow"); }

  // Firefox tells of no end of an extension's page: nobody waits for it.
  override async close(page: Page) { page.close().catch(() => undefined); }

  /** Waits until the browser asks for a permission, presses what allows or refuses it, and returns what it asked. */
  async answer(press: "Allow" | "Deny"): Promise<string> {
    let asked: string | null = null;
    await expect.poll(async () => (asked = await this.browser.run<string | null>(`
      for (const window of Services.wm.getEnumerator("navigator:browser")) {
        const shown = window.document.getElementById("addon-webext-permissions-notification");
        if (!shown?.button || window.PopupNotifications.panel.state !== "open") continue;
        const text = shown.textContent;
        (${press === "Allow"} ? shown.button : shown.secondaryButton).click();
        return text;
      }`)), "the browser asks").not.toBeNull();
    return asked!;
  }

  /** The names of the containers that there are, beside those that a new Firefox has. */
  containers(): Promise<string[]> {
    return this.browser.run(`return ChromeUtils.importESModule("resource://gre/modules/ContextualIdentityService.sys.mjs")
      .ContextualIdentityService.getPublicIdentities().filter(({ l10nId }) => !l10nId).map(({ name }) => name);`);
  }

  /** What the extension shows over the page in the tab that was opened last, where only its own scripts can look. */
  overlay(own: Page): Promise<string> {
    return own.evaluate(async () => {
      const { tabs, scripting } = (globalThis as any).browser;
      const seen = (await tabs.query({ url: "https://entra.microsoft.com/*" })).at(-1);
      const [{ result }] = await scripting.executeScript({
        target: { tabId: seen.id }, func: () => [...document.documentElement.children].map((one: any) => one.openOrClosedShadowRoot?.textContent ?? "").join(""),
      });
      return result as string;
    });
  }

  /** Takes Microsoft's sign-in pages back from the extension, as the browser's list of extensions does. */
  async takeBack() {
    await this.browser.run(`
      const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
      const { extension } = WebExtensionPolicy.getByID("${id}");
      await ExtensionPermissions.remove("${id}", { permissions: [], origins: ["https://login.microsoftonline.com/*"] }, extension);`);
  }
}

/** Leads Microsoft's host names to the stand-in: Firefox has no setting for that, and asks a proxy. Every other name leads nowhere. */
async function proxy(held: boolean): Promise<Server> {
  const leads = new Map(microsoft(held).map(([host, address]) => [`${host}:443`, new URL(address)]));
  const server = createServer((_, answer) => answer.writeHead(502).end());
  server.on("connect", ({ url }, socket, first) => {
    const to = leads.get(url!);
    if (!to) return socket.end("HTTP/1.1 502 No such host\r\n\r\n");
    const there = connect(Number(to.port), to.hostname, () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      there.write(first);
      there.pipe(socket).pipe(there);
    });
    for (const [one, other] of [[there, socket], [socket, there]]) one.on("error", () => other.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return server;
}

const preferences = {
  "security.webauth.webauthn_enable_softtoken": true,
  "security.webauth.webauthn_enable_usbtoken": false, // only the security key that is plugged in here
  "security.notification_enable_delay": 0, // questions take a press at once
  "extensions.background.idle.timeout": 500, // ms; so it stops the background wherever it may
  "extensions.webextensions.uuids": JSON.stringify({ [id]: pages }),
};

export async function startFirefox({ held, locale, timezoneId }: Wanted): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "hourglass-firefox-")), names = await proxy(held);
  // Playwright speaks WebDriver BiDi to a Firefox that is not its own; the channel's name says so, the path says which.
  const context = await firefox.launchPersistentContext(profile, {
    channel: "moz-firefox", executablePath: firefoxAt, headless: true, ignoreHTTPSErrors: true, locale, timezoneId,
    args: ["--remote-allow-system-access"],
    firefoxUserPrefs: { ...preferences, "network.proxy.type": 1, "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": (names.address() as AddressInfo).port },
  });
  const itself = new FirefoxItself();
  await itself.run(`Cc["@mozilla.org/webauthn/service;1"].getService(Ci.nsIWebAuthnService).addVirtualAuthenticator("ctap2_1", "internal", true, true, true, true);`);
  await itself.send("webExtension.install", { extensionData: { type: "path", path: built } });
  return {
    context, extension: new FirefoxExtension(context, itself), ownKey: true,
    stop: async () => {
      await context.close();
      names.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
