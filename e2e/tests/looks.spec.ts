import { look } from "../look.ts";
import { Portal } from "../portal.ts";
import { addCustomer, addPerson, addresses, disturb } from "../stage.ts";
import { expect, test } from "../test.ts";

const long = "Northwind Traders Wholesale Import and Export of Fine Foods and Drinks of the World"; // 83 characters
const unbroken = "Northwindtraderswholesaleimportandexportoffinefoodsanddrinksoftheworldincorporated";
const rightToLeft = "شركة كونتوسو للتجارة والخدمات";

test("sign-in, enrolment and problems look right", async ({ page, portal }, info) => {
  await page.goto(`${addresses.portal}/sign-in`);
  await look(page, info, "sign-in");
  await portal.signInButton.click();
  await expect(portal.problem).toContainText("No passkey was used");
  await look(page, info, "sign-in-problem");
  await page.goto(`${addresses.portal}/enrol#unknown`);
  await look(page, info, "enrol");
  await page.goto(`${addresses.portal}/problems/live-grant-exists`);
  await look(page, info, "problem");
});

test("what waits for approval looks right", async ({ page, signedIn, browser }, info) => {
  const elsewhere = await browser.newContext();
  const technician = await Portal.withSecurityKey(await elsewhere.newPage());
  await technician.enrol(await addPerson({ name: "Ada", handle: "ada-who-waits", roles: ["technician"], may: [{ profile: "Global Administrator with approval", customer: "Contoso" }] }));
  await technician.ask("Global Administrator with approval", "Contoso");
  await technician.request.getByLabel("Reason").fill("The domain is to be moved tonight");
  await technician.request.getByLabel("Ticket").fill("T-1044");
  await technician.send();
  await signedIn({ roles: ["approver", "admin"] });
  await expect(page.getByRole("article", { name: /^Ada: / })).toBeVisible();
  await look(page, info, "approvals");
  await page.goto(`${addresses.portal}/admin`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Ada");
  await look(page, info, "live-board");
  await elsewhere.close();
});

test("forty customers stay usable", async ({ page, portal, signedIn }, info) => {
  test.slow();
  const customers = Array.from({ length: 40 }, (_, i) => `Adventure Works ${String(i + 1).padStart(2, "0")}`);
  for (const [i, name] of customers.entries()) await addCustomer(name, `adventure${i}.onmicrosoft.com`);
  await signedIn({ may: customers.map((customer) => ({ profile: "Help desk", customer })) });
  for (const customer of customers) await portal.askUsual(customer).click();
  await expect(portal.live).toHaveCount(40);
  await expect(page.locator("article [data-state=active]")).toHaveCount(40, { timeout: 60_000 });
  await page.getByRole("searchbox", { name: "Find a customer" }).fill("works 17");
  await expect(page.locator("[data-customer]")).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Find a customer" }).fill("");
  await look(page, info, "home-forty");
});

test("somebody without entitlements sees what to do", async ({ page, signedIn }, info) => {
  await signedIn();
  await expect(page.getByRole("heading", { name: "You may not use any customer yet" })).toBeVisible();
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

const everything = ["Help desk", "User administration", "Exchange administration", "Global Administrator with approval", "Short visit"];
const everywhere = (...customers: string[]) => customers.flatMap((customer) => everything.map((profile) => ({ profile, customer })));

test("grants in every state look right", async ({ page, portal, signedIn }, info) => {
  const domain = `fourth${crypto.randomUUID().slice(0, 8)}`;
  const tenant = await addCustomer(domain, `${domain}.onmicrosoft.com`);
  await signedIn({ may: everywhere("Contoso", "Fabrikam", domain, "Northwind") });

  const failed = portal.grant("Short visit", "Northwind"); // whose tenant allows no pass
  await portal.ask("Short visit", "Northwind");
  await portal.send();
  await expect(failed).toContainText("Could not be set up");

  const returned = await portal.obtain("Help desk", "Fabrikam");
  await returned.getByRole("button", { name: "End now" }).click();
  await expect(returned).toContainText("Proven off");

  const stuck = await portal.obtain("Exchange administration", domain);
  await disturb({ tenant, kind: "refuse", status: 503, method: "PATCH", path: "^/users/" });
  await stuck.getByRole("button", { name: "End now" }).click();
  await expect(portal.state(stuck)).toHaveText("NOT OFF");

  await portal.ask("Global Administrator with approval", "Fabrikam");
  await portal.request.getByLabel("Reason").fill("Restore a deleted mailbox");
  await portal.request.getByLabel("Ticket").fill("T-1042");
  await portal.send();
  await portal.obtain("Help desk", "Contoso");
  await look(page, info, "home");
});

test("the request, the credential and the guide look right", async ({ page, portal, signedIn }, info) => {
  await signedIn({ may: everywhere("Contoso") });
  await portal.ask("User administration", "Contoso");
  await portal.request.getByLabel("Reason").fill("New starter");
  await look(page, info, "request");
  await portal.send();
  const active = portal.grant("User administration", "Contoso");
  await expect(portal.state(active)).toHaveText("Active");
  await portal.reveal(active);
  await look(page, info, "credential");
  await portal.hide();
  await portal.reveal(active, "Open");
  await look(page, info, "guide");
});

test("history, one grant and the passkeys look right", async ({ page, portal, signedIn }, info) => {
  await signedIn({ may: everywhere("Contoso") });
  const ended = await portal.obtain("Help desk", "Contoso");
  await ended.getByRole("button", { name: "End now" }).click();
  await expect(ended).toContainText("Proven off");
  for (const screen of ["passkeys", "history"]) {
    await page.goto(`${addresses.portal}/${screen}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await look(page, info, screen);
  }
  await page.getByRole("main").getByRole("link", { name: /Contoso/ }).first().click();
  await page.waitForURL(/grants/);
  await expect(page.getByText("Proven off at")).toBeVisible();
  await look(page, info, "grant");
});

test.describe("at an address that is none", () => {
  test.use({ expected: /404 .*\/nowhere$/ });

  test("the page says so and leads back", async ({ page, portal, signedIn }, info) => {
    await signedIn();
    await page.goto(`${addresses.portal}/nowhere`);
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
    await look(page, info, "nowhere");
    await page.getByRole("link", { name: "Back to Hourglass" }).click();
    await expect(portal.home).toBeVisible();
  });
});
