import { ownClock } from "../clock.ts";
import { AdminCentre } from "../microsoft.ts";
import { addCustomer, addresses, disturb, microsoftTook } from "../stage.ts";
import { expect, test } from "../test.ts";
import type { Page } from "@playwright/test";

const may = [{ profile: "Help desk", customer: "Contoso" }];

test("from home to the credential beside the sign-in: two presses; and how long the whole way takes", async ({ portal, context, signedIn }) => {
  const domain = `swift${crypto.randomUUID().slice(0, 8)}`;
  const tenant = await addCustomer(domain, `${domain}.onmicrosoft.com`);
  await disturb({ tenant, kind: "delay", delay: "150ms" }); // as far away as Microsoft is
  await signedIn({ may: [{ profile: "Help desk", customer: domain }] });
  await expect(portal.askUsual(domain)).toBeVisible();
  const began = Date.now();
  await portal.askUsual(domain).click(); // the first press
  const grant = portal.grant("Help desk", domain);
  await expect(portal.state(grant)).toHaveText("Active");
  const active = Date.now();
  const microsoft = await microsoftTook(tenant, began, active);
  const credential = await portal.reveal(grant, "Open"); // the second press: the credential and the way beside it
  await portal.credential.getByRole("button", { name: "Copy Temporary Access Pass" }).click();
  const admin = await AdminCentre.signIn(context, credential, "pasted");
  await admin.expectSession(credential["User name"]!, domain, "Helpdesk Administrator");
  console.log(`active ${active - began} ms after the press, of which Microsoft's answers ${microsoft} ms; signed in at the admin centre after ${Date.now() - began} ms`);
});

/** Collects the browser's notifications of a page that says that nobody looks at it. */
const unseen = (page: Page) => page.addInitScript(() => {
  const shown = ((window as any).notifications = [] as string[]);
  const Told = class { constructor(title: string, { tag }: NotificationOptions) { if (!shown.includes(`${tag}: ${title}`)) shown.push(`${tag}: ${title}`); } };
  window.Notification = Object.assign(Told, { permission: "granted", requestPermission: () => Promise.resolve("granted") }) as never;
  Object.defineProperty(document, "hidden", { get: () => true });
});

test("the end is announced twice, in the page and by the browser, and nobody is told twice", async ({ portal, page, signedIn }) => {
  await unseen(page);
  await signedIn({ may });
  const grant = await portal.obtain("Help desk", "Contoso");
  await ownClock(page);
  const notifications = () => page.evaluate(() => (window as any).notifications as string[]);
  await page.clock.fastForward("49:00");
  await expect(grant).toContainText(/(10|11) min/);
  expect(await notifications(), "not too early").toEqual([]);
  await page.clock.fastForward("03:00");
  await expect(page.getByText(/^Help desk at Contoso ends in/).first()).toBeVisible();
  await expect.poll(notifications).toHaveLength(1);
  await page.clock.fastForward("07:00");
  await expect.poll(notifications).toHaveLength(2);
  await page.clock.fastForward("00:30");
  expect(await notifications(), "each warning comes once").toHaveLength(2);
  for (const text of await notifications()) expect(text).toMatch(/(first|last): Help desk at Contoso ends in/);
});

test("a credential that no longer works is issued anew", async ({ portal, signedIn }) => {
  await signedIn({ may });
  const grant = await portal.obtain("Help desk", "Contoso");
  const before = await portal.reveal(grant);
  const pass = portal.credential.getByRole("definition").locator("code").nth(1);
  await expect(pass).toHaveText(before["Temporary Access Pass"]!);
  await portal.credential.getByRole("button", { name: "Have a new one issued" }).click();
  await expect(pass).not.toHaveText(before["Temporary Access Pass"]!);
  await expect(pass).toHaveText(/.{8,}/);
});

test("with forced colours every focus and every border can be seen", async ({ portal, page, signedIn }, info) => {
  await signedIn({ may: [...may, { profile: "Help desk", customer: "Fabrikam" }] });
  await portal.obtain("Help desk", "Contoso");
  await page.emulateMedia({ forcedColors: "active" });
  await page.screenshot({ path: `${info.project.outputDir}/looks/home-forced-colours.png`, fullPage: true });
  const border = (what: string) => page.locator(what).first().evaluate((node) => {
    const { borderTopWidth, borderTopStyle, outlineWidth, outlineStyle } = getComputedStyle(node);
    return borderTopStyle !== "none" && parseFloat(borderTopWidth) > 0 || outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  });
  for (const card of ["article", "[data-customer]", "main button"]) expect(await border(card), `${card} has an edge`).toBe(true);
  const unmarked: string[] = [];
  for (let presses = 0; presses < 25; presses++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const node = document.activeElement!;
      const marked = [node, ...node.querySelectorAll("*"), node.parentElement!].some((n) => [getComputedStyle(n), getComputedStyle(n, "::after")].some((s) =>
        s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.content !== "none" && s.borderTopStyle !== "none" && parseFloat(s.borderTopWidth) >= 1));
      return { marked: marked || node === document.body || node.matches("[data-tabster-dummy]"), name: node.outerHTML.slice(0, 120) };
    });
    if (!seen.marked) unmarked.push(seen.name);
  }
  expect(unmarked, "the focus is marked").toEqual([]);
});

test("who wants less motion gets none", async ({ portal, page, signedIn }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signedIn({ may });
  await portal.choices("Contoso").click();
  await expect(portal.request).toBeVisible();
  const longest = await page.evaluate(() => Math.max(0, ...document.getAnimations().map((a) => (a.effect?.getComputedTiming().iterations === Infinity ? 0 : Number(a.effect?.getComputedTiming().duration ?? 0)))));
  expect(longest, "ms of movement").toBeLessThanOrEqual(1);
});

test("the portal stays where it was after Back, reload and from a bookmark", async ({ portal, page, signedIn }) => {
  await signedIn({ may });
  const grant = await portal.obtain("Help desk", "Contoso");
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(portal.state(grant)).toHaveText("Off");
  await page.goto(`${addresses.portal}/history`);
  await page.getByRole("main").getByRole("link", { name: /Contoso/ }).click();
  await expect(page.getByText("Proven off at")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Proven off at")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "My history" })).toBeVisible();
});
