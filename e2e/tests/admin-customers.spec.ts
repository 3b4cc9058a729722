import { randomBytes } from "node:crypto";
import { look } from "../look.ts";
import { Portal } from "../portal.ts";
import { addCustomer, addPerson, addresses, allowNoPass, disturb } from "../stage.ts";
import { expect, test, type Page } from "../test.ts";

/** A customer of one test alone, whose name nobody else has. */
async function ownCustomer(name: string): Promise<{ name: string; tenant: string }> {
  const own = randomBytes(4).toString("hex");
  return { name: `${name} ${own}`, tenant: await addCustomer(`${name} ${own}`, `${own}.onmicrosoft.com`) };
}

/** Opens a tab of the customer, found by its name in the list. */
async function openTab(page: Page, customer: string, tab: string) {
  await page.goto(`${addresses.portal}/admin/customers?q=${encodeURIComponent(customer)}`);
  await page.getByRole("link", { name: customer, exact: true }).click();
  await page.getByRole("navigation", { name: `About ${customer}` }).getByRole("link", { name: tab, exact: true }).click();
}

test("the pre-flight says what stops grants and what mends it, and the list is filtered by it", async ({ page, signedIn }, info) => {
  test.slow();
  const { name, tenant } = await ownCustomer("Northwind");
  await allowNoPass(tenant);
  await signedIn({ roles: ["admin"] });
  await openTab(page, name, "Pre-flight");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("status").filter({ has: page.locator("[data-health]") })).toContainText("Something needs care, or single profiles do not work");
  const finding = page.locator("[data-finding=pass_policy_off]");
  await expect(finding).toContainText("The tenant's policy for Temporary Access Passes is off");
  await expect(finding.getByRole("link", { name: /^Open Microsoft's page/ })).toHaveAttribute("href", /^https:\/\/entra\.microsoft\.com\/[0-9a-f-]{36}\//);
  await expect(page.getByRole("row", { name: "Help desk" })).toContainText("does not work");
  await expect(page.getByRole("row", { name: "Exchange administration" })).toContainText("works");
  await look(page, info, "customer-preflight");

  await page.goto(`${addresses.portal}/admin/customers`);
  await page.getByLabel("Health").selectOption({ label: "Warnings" });
  await expect(page.getByRole("row", { name })).toContainText("1 finding stops grants");
  await page.reload();
  await expect(page.getByLabel("Health"), "a filter has an address").toHaveValue("warnings");
  await expect(page.getByRole("row", { name })).toBeVisible();
  await look(page, info, "customers");
});

test("a drill shows its steps, how long switching off took, and is put on a schedule", async ({ page, signedIn }, info) => {
  test.slow();
  const { name } = await ownCustomer("Adventure Works");
  const handle = await signedIn({ roles: ["admin"] });
  await openTab(page, name, "Drill");
  await expect(page.getByText("No drill yet")).toBeVisible();
  await addPerson({ name: "Ada", handle: `d${handle}`, roles: ["technician"], may: [{ profile: "Global Administrator", customer: name }] });
  await page.getByRole("button", { name: "Run a drill now" }).click();
  const drill = page.getByRole("region", { name: "Newest drill" });
  await expect(drill.getByText("Passed")).toBeVisible();
  const steps = drill.getByRole("list", { name: "Steps of the drill" });
  await expect(steps.locator("> [data-step=done]")).toHaveCount(3);
  await expect(steps).toContainText("read everything back");
  await expect(drill).toContainText(/Off after [\d.]+ m?s/);
  await page.getByLabel("How often").selectOption({ label: "Every month" });
  await expect(page.getByText(/^The next one begins/)).toBeVisible();
  await look(page, info, "customer-drill");

  await page.getByRole("button", { name: "Run a drill now" }).click();
  await expect(page.getByRole("table", { name: "Earlier drills" })).toContainText("Passed");
});

test.describe("at its end a customer is not found any more", () => {
  test.use({ expected: /404 .*\/leaving$/ });

  test("a customer is removed: its name is typed, grants end, each account is proven off", async ({ page, portal, signedIn }, info) => {
    test.slow();
    const { name, tenant } = await ownCustomer("Fourth Coffee");
    await signedIn({ name: "Robin", roles: ["admin", "technician"], may: [{ profile: "Help desk", customer: name }] });
    const grant = await portal.obtain("Help desk", name);
    await openTab(page, name, "Leaving");
    await look(page, info, "customer-leaving");
    const heal = await disturb({ tenant, kind: "refuse", status: 503, method: "PATCH", path: "^/users/" });
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("1 live grant is revoked.");
    await dialog.getByRole("textbox").fill("Fifth Coffee");
    await dialog.getByRole("button", { name: "Remove" }).click();
    await expect(dialog).toContainText(`That is not its name. Write: ${name}`);
    await look(page, info, "customer-leaving-confirm");
    await dialog.getByRole("textbox").fill(name.toUpperCase());
    await dialog.getByRole("button", { name: "Remove" }).click();

    await expect(page.getByText("0 of 1 accounts are proven off")).toBeVisible();
    await expect(page.getByRole("table", { name: "Accounts" })).toContainText("Robin");
    await look(page, info, "customer-leaving-progress");
    await heal();
    await page.getByRole("button", { name: "Try again now" }).click();
    await expect(page).toHaveURL(`${addresses.portal}/admin/customers`);
    await expect(page.getByRole("region", { name: "News" })).toContainText(`${name} was removed`);
    await page.getByRole("searchbox", { name: "Search by name" }).fill(name);
    await expect(page.getByRole("heading", { name: "No customer is called like that" })).toBeVisible();
    await page.goto(addresses.portal);
    await expect(portal.state(grant)).toHaveText("Off");
  });
});

test("a customer whose tenant cannot be reached any more is given up by name, and that stays to be read", async ({ page, portal, signedIn }, info) => {
  test.slow();
  const { name, tenant } = await ownCustomer("Wide World Importers");
  await signedIn({ name: "Robin", roles: ["admin", "technician"], may: [{ profile: "Help desk", customer: name }] });
  const grant = await portal.obtain("Help desk", name);
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(grant).toContainText("Proven off");
  const heal = await disturb({ tenant, kind: "refuse", status: 503, path: "^/users" });
  await openTab(page, name, "Leaving");
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  const accounts = page.getByRole("table", { name: "Accounts" });
  await expect(accounts.locator("[data-step=stuck]")).toHaveText("NOT OFF");
  await expect(accounts).toContainText("Microsoft did not answer. It is tried again.");
  await page.getByRole("button", { name: "Give up without proof" }).click();
  const dialog = page.getByRole("dialog", { name: "Finish although accounts may still be on?" });
  await expect(dialog).toContainText("(Robin)");
  await look(page, info, "customer-abandon");
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Give up without proof" }).click();
  await expect(page.getByRole("region", { name: "Given up without proof" })).toContainText("These accounts may still be on");
  await page.reload();
  await expect(page.getByRole("region", { name: "Given up without proof" })).toContainText("NOT OFF");
  await expect(accounts, "nothing is tried any more").not.toContainText("It is tried again");
  await look(page, info, "customer-abandoned");
  await heal();

  // It kept its tenant, so that what may be on is not forgotten: it can be left properly.
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("region", { name: "Every account was proven off" })).toBeVisible();
});

test("an approver is led only to what an approver may see", async ({ page, browser, signedIn }) => {
  const handle = await signedIn({ name: "Alan", roles: ["approver"] });
  await page.goto(`${addresses.portal}/admin/customers`);
  await page.getByRole("link", { name: "Contoso", exact: true }).click();
  const tabs = page.getByRole("navigation", { name: "About Contoso" });
  await expect(tabs.getByRole("link")).toHaveText(["Access", "Settings"]);
  await expect(page.getByRole("heading", { name: "Access", level: 2 })).toBeVisible();
  await tabs.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("textbox", { name: "Account name" })).toBeDisabled();
  await page.goto(page.url().replace("settings", "connection"));
  await expect(page, "by an address, too").toHaveURL(/\/access$/);
  await expect(page.locator("[data-part=problem]"), "nothing is refused").toHaveCount(0);

  const elsewhere = await browser.newContext();
  const auditor = await Portal.withSecurityKey(await elsewhere.newPage());
  await auditor.enrol(await addPerson({ name: "Barbara", handle: `a${handle}`, roles: ["auditor"], may: [] }));
  for (const tab of ["Connection", "Pre-flight", "Drill", "Access", "Settings", "Leaving"]) {
    await openTab(auditor.page, "Contoso", tab);
    await expect(auditor.page.getByRole("main").getByRole("heading", { level: 2 }).first()).toBeVisible();
    await expect(auditor.page.getByRole("main").getByRole("button", { name: /^(Renew|Check|Run|Disconnect|Remove|Save)/ })).toHaveCount(0);
  }
  await expect(auditor.problem).toHaveCount(0);
  await elsewhere.close();
});
