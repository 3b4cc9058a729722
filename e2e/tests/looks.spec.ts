import { AxeBuilder } from "@axe-core/playwright";
import type { Page, TestInfo } from "@playwright/test";
import { addCustomer, addPerson, addresses, disturb } from "../stage.ts";
import { expect, test } from "../test.ts";

const long = "Northwind Traders Wholesale Import and Export of Fine Foods and Drinks of the World"; // 83 characters
const unbroken = "Northwindtraderswholesaleimportandexportoffinefoodsanddrinksoftheworldincorporated";
const rightToLeft = "شركة كونتوسو للتجارة والخدمات";

/** Looks at the page narrow and wide, light and dark: nothing to scroll sideways, nothing that axe objects to. */
async function look(page: Page, info: TestInfo, what: string) {
  const dialog = await page.locator("dialog[open]").count() > 0;
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
      const where = `${what}, ${width} px, ${colorScheme}`;
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), where).toBe(0);
      const cut = await page.locator("main *:visible").evaluateAll((nodes) => nodes.filter((n) => n.getBoundingClientRect().right > innerWidth + 0.5).map((n) => n.outerHTML.slice(0, 80)));
      expect(cut, `${where}: nothing is cut off`).toEqual([]);
      await page.screenshot({ path: `${info.project.outputDir}/looks/${what}-${width}-${colorScheme}.png`, fullPage: !dialog });
      if ((width === 390) !== (colorScheme === "light")) continue; // axe is slow: each width and each scheme once
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), where).toEqual([]);
    }
  }
}

test("sign-in, enrolment and problems look right", async ({ page, portal }, info) => {
  await page.goto(`${addresses.portal}/sign-in`);
  await look(page, info, "sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(portal.problem).toContainText("No passkey was used");
  await look(page, info, "sign-in-problem");
  await page.goto(`${addresses.portal}/enrol#unknown`);
  await look(page, info, "enrol");
  await page.goto(`${addresses.portal}/problems/live-grant-exists`);
  await look(page, info, "problem");
});

test("somebody without entitlements sees what to do", async ({ page, signedIn }, info) => {
  await signedIn();
  await expect(page.getByText("You may not use any customer yet. Ask an admin for an entitlement.")).toBeVisible();
  await expect(page.getByText("No grant is live.")).toBeVisible();
  await look(page, info, "home-empty");
});

test("long and right-to-left names fit", async ({ page, portal }, info) => {
  const customers = [long, unbroken, rightToLeft];
  for (const [i, name] of customers.entries()) await addCustomer(name, `looks${i}.onmicrosoft.com`);
  await portal.enrol(await addPerson({
    name: `${rightToLeft} ${unbroken}`.slice(0, 110), handle: "with-a-handle-as-long-as-it-gets", roles: ["technician"],
    may: customers.flatMap((customer) => [{ profile: "Help desk", customer }, { profile: "Exchange administration", customer }]),
  }));
  for (const customer of customers) await portal.obtain("Help desk", customer);
  await look(page, info, "home-names");
  await portal.reveal(portal.grant("Help desk", unbroken));
  await look(page, info, "credential-names");
});

test("grants in every state, the request and the credential look right", async ({ page, portal, signedIn }, info) => {
  const tenant = await addCustomer("Fourth Coffee", "fourthcoffee.onmicrosoft.com");
  const profiles = ["Help desk", "User administration", "Exchange administration", "Global Administrator with approval", "Short visit"];
  const customers = ["Contoso", "Fabrikam", "Fourth Coffee", "Northwind"];
  await signedIn({ may: customers.flatMap((customer) => profiles.map((profile) => ({ profile, customer }))) });

  const failed = portal.grant("Short visit", "Northwind"); // whose tenant allows no pass
  await portal.ask("Short visit", "Northwind").click();
  await portal.request.getByRole("button", { name: "Request access" }).click();
  await expect(failed).toContainText("Could not be set up");

  const returned = await portal.obtain("Help desk", "Fabrikam");
  await returned.getByRole("button", { name: "Return" }).click();
  await expect(returned).toContainText("Proven off");

  const stuck = await portal.obtain("Exchange administration", "Fourth Coffee");
  await disturb({ tenant, kind: "refuse", status: 503, method: "PATCH", path: "^/users/" });
  await stuck.getByRole("button", { name: "Return" }).click();
  await expect(portal.state(stuck)).toHaveText("NOT OFF");

  await portal.ask("Global Administrator with approval", "Fabrikam").click();
  await portal.request.getByLabel("Reason").fill("Restore a deleted mailbox");
  await portal.request.getByLabel("Ticket").fill("T-1042");
  await look(page, info, "request");
  await portal.request.getByRole("button", { name: "Request access" }).click();

  await portal.ask("User administration", "Contoso").click();
  await portal.request.getByLabel("Reason").fill("New starter");
  await portal.request.getByRole("button", { name: "Request access" }).click();
  const active = portal.grant("User administration", "Contoso");
  await expect(portal.state(active)).toHaveText("Active");
  await look(page, info, "home");
  await portal.reveal(active);
  await look(page, info, "credential");
});
