import { expect, type Page } from "@playwright/test";
import { extensionID, startChromium, type Browser, type Extension } from "./browsers.ts";
import { firefoxAt, startFirefox } from "./firefox.ts";
import { Portal } from "./portal.ts";
import { addresses } from "./stage.ts";
import { test as base } from "./test.ts";

/** What the audit log says about a grant, oldest first: action, then its facts. The person has to be an auditor, too. */
export async function audited(portal: Portal, action: string): Promise<Record<string, unknown>[]> {
  const answer = await portal.page.request.get(`${addresses.portal}/api/v1/audit?action=${action}&limit=100`);
  const me = await (await portal.page.request.get(`${addresses.portal}/api/v1/me`)).json() as { id: string };
  const { records } = await answer.json() as { records: { person?: { id: string }; actor?: { id: string }; details: Record<string, unknown> }[] };
  return records.filter(({ person, actor }) => person?.id === me.id || actor?.id === me.id).map(({ details }) => details).reverse();
}

/** How long the stand-in took over everything that a tab asked of it, in ms. */
function answers(tab: Page): () => number {
  let sum = 0;
  tab.on("requestfinished", (request) => { sum += Math.max(0, request.timing().responseEnd); });
  return () => sum;
}

/** What the stand-in's admin centre says about who is signed in. */
export const standIn = (centre: Page) => ({ userName: centre.locator("#upn"), tenant: centre.locator("#tenant"), roles: centre.locator("#roles") });

/** Opens a place at the customer from the popup and waits until the technician is in; prints how long that took. */
export async function openFromPopup(extension: Extension, customer: string): Promise<Page> {
  const popup = await extension.popup();
  const button = popup.getByRole("button", { name: `Open Entra at ${customer}` });
  await expect(button).toBeEnabled();
  const began = Date.now();
  const centre = await extension.opens(() => button.click());
  const asked = answers(centre);
  await expect(centre).toHaveTitle(/Admin centre/);
  await expect(standIn(centre).userName).not.toBeEmpty();
  console.log(`${customer}: signed in ${Date.now() - began} ms after the press; the stand-in's own answers took ${Math.round(asked())} ms of them`);
  await extension.close(popup);
  return centre;
}

type Fixtures = {
  /** The browser with the extension: Chromium, or Firefox in that project. */
  started: Browser;
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

  started: async ({ browserName, launchOptions, others, held, seesSites, locale, timezoneId }, use) => {
    base.skip(browserName === "firefox" && !firefoxAt, "no Firefox here: apt-get install firefox-esr, or name one by FIREFOX");
    const wanted = { others, held, seesSites, locale, timezoneId };
    const started = browserName === "firefox" ? await startFirefox(wanted) : await startChromium(wanted, launchOptions);
    await use(started);
    await started.stop();
  },

  context: async ({ started }, use) => use(started.context),
  extension: async ({ started }, use) => use(started.extension),
  portal: async ({ started, page }, use) => use(await (started.ownKey ? Portal.withBrowsersKey(page) : Portal.withSecurityKey(page))),
});

export { expect, extensionID, type Extension };
