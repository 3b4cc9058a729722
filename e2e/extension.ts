import { chromium, expect, type BrowserContext, type Page, type Worker } from "@playwright/test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Portal } from "./portal.ts";
import { addresses } from "./stage.ts";
import { test as base } from "./test.ts";

/** The id that the key in the extension's manifest gives. */
export const extensionID = "fpdhfjlgiaikedijghaphjaoekbdaaaj";

const places = new URL("../extension/src/microsoft/places.ts", import.meta.url);
const built = fileURLToPath(new URL("../extension/dist/chrome-mv3", import.meta.url));

/**
 * Microsoft's own host names lead to the stand-in; everything else that is not this machine leads nowhere. held: Entra leads to a
 * host that knows none of its pages, so that a launch comes to no sign-in page by itself.
 */
function hosts(held: boolean): string {
  const to = (address: string) => new URL(address).host;
  const login = ["login.microsoftonline.com", "login.microsoftonline.com.evil.example", "login.microsoft0nline.com"];
  const centres = ["admin.microsoft.com", "portal.azure.com", "intune.microsoft.com", "admin.exchange.microsoft.com", "evil.example"];
  return [
    `MAP entra.microsoft.com:443 ${to(held ? addresses.signIn : addresses.adminCentre)}`,
    ...login.map((host) => `MAP ${host}:443 ${to(addresses.signIn)}`), ...centres.map((host) => `MAP ${host}:443 ${to(addresses.adminCentre)}`),
    "MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1",
  ].join(", ");
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
  constructor(readonly context: BrowserContext) {}

  /** The background's own world, for what a test has to ask there. */
  async background(): Promise<Worker> {
    return this.context.serviceWorkers().find((worker) => worker.url().includes(extensionID)) ?? await this.context.waitForEvent("serviceworker");
  }

  async settings(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`chrome-extension://${extensionID}/options.html`);
    return page;
  }

  /** The popup, in a tab: where it opens is the browser's business. */
  async popup(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`chrome-extension://${extensionID}/popup.html`);
    return page;
  }

  /** Pairs this browser with the signed-in person's portal; the security key is put within reach of the window that opens. */
  async pair(portal: Portal) {
    const settings = await this.settings();
    await settings.getByLabel("The portal's address").fill(addresses.portal);
    await settings.getByLabel("A name for this browser").fill("Test browser");
    const opened = this.context.waitForEvent("page");
    await settings.getByRole("button", { name: "Pair this browser" }).click();
    const window = await opened;
    await portal.lendKeyTo(window);
    await window.getByRole("button", { name: "Pair this browser" }).click();
    await expect(settings.getByText(/^Paired with localhost/)).toBeVisible();
    await settings.close();
  }

  /** Waits for the next tab that is opened, while something is done. */
  async opens(what: () => Promise<unknown>): Promise<Page> {
    const opened = this.context.waitForEvent("page");
    await what();
    return opened;
  }
}

/** What the audit log says about a grant, oldest first: action, then its facts. The person has to be an auditor, too. */
export async function audited(portal: Portal, action: string): Promise<Record<string, unknown>[]> {
  const answer = await portal.page.request.get(`${addresses.portal}/api/v1/audit?action=${action}&limit=100`);
  const me = await (await portal.page.request.get(`${addresses.portal}/api/v1/me`)).json() as { id: string };
  const { records } = await answer.json() as { records: { person?: { id: string }; actor?: { id: string }; details: Record<string, unknown> }[] };
  return records.filter(({ person, actor }) => person?.id === me.id || actor?.id === me.id).map(({ details }) => details).reverse();
}

/** How long the stand-in took over everything that a tab asked of it, in ms. */
export function answers(tab: Page): () => number {
  let sum = 0;
  tab.on("requestfinished", (request) => { sum += Math.max(0, request.timing().responseEnd); });
  return () => sum;
}

type Fixtures = {
  extension: Extension;
  /** Folders of other extensions that are loaded, too. */
  others: string[];
  /** Whether launches are held before they come to a sign-in page. */
  held: boolean;
  /** Whether the extension may see Microsoft's admin sites, as it may once the badge was switched on. */
  seesSites: boolean;
};

export const test = base.extend<Fixtures>({
  others: [[], { option: true }],
  held: [false, { option: true }],
  seesSites: [true, { option: true }],

  context: async ({ others, held, seesSites, launchOptions, locale, timezoneId }, use) => {
    const folder = unpacked(seesSites), profile = mkdtempSync(join(tmpdir(), "hourglass-profile-"));
    const context = await chromium.launchPersistentContext(profile, {
      ...launchOptions, locale, timezoneId, headless: false, // what --headless says: the old headless mode has no extensions
      args: [
        ...launchOptions.args!.filter((arg) => arg !== "--headless"), "--headless=new", "--ignore-certificate-errors",
        ...["--disable-extensions-except", "--load-extension"].map((name) => `${name}=${[folder, ...others].join()}`), `--host-resolver-rules=${hosts(held)}`,
      ],
    });
    await use(context);
    await context.close();
    for (const made of [folder, profile]) rmSync(made, { recursive: true, force: true });
  },

  extension: async ({ context }, use) => use(new Extension(context)),
});

export { expect };
