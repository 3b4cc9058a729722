import { chromium, expect, type BrowserContext, type LaunchOptions, type Page, type Worker } from "@playwright/test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Portal } from "./portal.ts";
import { addresses } from "./stage.ts";

/** The id that the key in the extension's manifest gives. */
export const extensionID = "fpdhfjlgiaikedijghaphjaoekbdaaaj";

const places = new URL("../extension/src/microsoft/places.ts", import.meta.url);
const built = fileURLToPath(new URL("../extension/dist/chrome-mv3", import.meta.url));

/**
 * Microsoft's own host names, and those of who imitates them, with the stand-in's addresses to which they lead. held: Entra leads to
 * a host that knows none of its pages, so that a launch comes to no sign-in page by itself.
 */
export function microsoft(held: boolean): [host: string, address: string][] {
  const login = ["login.microsoftonline.com", "login.microsoftonline.com.evil.example", "login.microsoft0nline.com"];
  const centres = ["admin.microsoft.com", "portal.azure.com", "intune.microsoft.com", "admin.exchange.microsoft.com", "evil.example"];
  return [
    ["entra.microsoft.com", held ? addresses.signIn : addresses.adminCentre],
    ...login.map((host): [string, string] => [host, addresses.signIn]), ...centres.map((host): [string, string] => [host, addresses.adminCentre]),
  ];
}

/** The same for Chromium; every other name that is not this machine leads nowhere. */
function resolverRules(held: boolean): string {
  const rules = microsoft(held).map(([host, address]) => `MAP ${host}:443 ${new URL(address).host}`);
  return [...rules, "MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1"].join(", ");
}

/**
 * A copy of the built extension. No test can press the browser's own question for a permission, and so the two that are asked for
 * while it runs are in the manifest: the portal's address and, where it is to see them, Microsoft's admin sites.
 */
export function unpacked(seesSites = true): string {
  const folder = mkdtempSync(join(tmpdir(), "hourglass-extension-"));
  cpSync(built, folder, { recursive: true });
  const file = join(folder, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const sites = seesSites ? readFileSync(places, "utf8").match(/https:[^"]+/g)! : [];
  manifest.host_permissions.push("http://localhost/*", ...sites.map((site) => `${site}/*`));
  writeFileSync(file, JSON.stringify(manifest));
  return folder;
}

/** The extension as a technician meets it: its pages, and the tabs that it opens. */
export class Extension {
  /** home: where its own pages are. */
  constructor(readonly context: BrowserContext, private readonly home = `chrome-extension://${extensionID}`) {}

  /** Answers the browser's question whether the extension may see the portal. */
  protected async allow() {}

  /** The background's own world, for what a test has to ask there. */
  async background(): Promise<Worker> {
    return this.context.serviceWorkers().find((worker) => worker.url().includes(extensionID)) ?? await this.context.waitForEvent("serviceworker");
  }

  settings(): Promise<Page> { return this.open("options"); }

  /** The popup, in a tab: where it opens is the browser's business. */
  popup(): Promise<Page> { return this.open("popup"); }

  private async open(name: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`${this.home}/${name}.html`, { waitUntil: "commit" }); // Firefox tells of no load of an extension's page
    return page;
  }

  /** Pairs this browser with the signed-in person's portal; the security key is put within reach of the window that opens. */
  async pair(portal: Portal) {
    const settings = await this.settings();
    await settings.getByLabel("The portal's address").fill(addresses.portal);
    await settings.getByLabel("A name for this browser").fill("Test browser");
    const opened = this.context.waitForEvent("page");
    await settings.getByRole("button", { name: "Pair this browser" }).click();
    await this.allow();
    const window = await opened;
    await portal.lendKeyTo(window);
    await window.getByRole("button", { name: "Pair this browser" }).click();
    await expect(settings.getByText(/^Paired with localhost/)).toBeVisible();
    await this.close(settings);
  }

  /** Closes one of its pages. */
  async close(page: Page) { await page.close(); }

  /** Waits for the next tab that is opened, while something is done. */
  async opens(what: () => Promise<unknown>): Promise<Page> {
    const opened = this.context.waitForEvent("page");
    await what();
    return opened;
  }
}

/** A browser that has the extension. */
export type Browser = {
  context: BrowserContext;
  extension: Extension;
  /** Whether a security key is within reach of every page, or has to be lent to each. */
  ownKey: boolean;
  stop: () => Promise<void>;
};

/** How a browser is started: see the fixtures of these names. */
export type Wanted = { others: string[]; held: boolean; seesSites: boolean; locale?: string; timezoneId?: string };

export async function startChromium({ others, held, seesSites, ...about }: Wanted, launch: LaunchOptions): Promise<Browser> {
  const folder = unpacked(seesSites), profile = mkdtempSync(join(tmpdir(), "hourglass-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    ...launch, ...about, headless: false, // what --headless says: the old headless mode has no extensions
    args: [
      ...launch.args!.filter((arg) => arg !== "--headless"), "--headless=new", "--ignore-certificate-errors",
      ...["--disable-extensions-except", "--load-extension"].map((name) => `${name}=${[folder, ...others].join()}`), `--host-resolver-rules=${resolverRules(held)}`,
    ],
  });
  return {
    context, extension: new Extension(context), ownKey: false,
    stop: async () => {
      await context.close();
      for (const made of [folder, profile]) rmSync(made, { recursive: true, force: true });
    },
  };
}
