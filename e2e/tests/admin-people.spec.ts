import { readFile } from "node:fs/promises";
import { look } from "../look.ts";
import { Portal } from "../portal.ts";
import { addCustomer, addPerson, addresses } from "../stage.ts";
import { expect, test } from "../test.ts";

test("somebody is invited, enrols, joins a team, is suspended, and the audit log tells it", async ({ page, signedIn, browser }, info) => {
  test.slow(); // six screens are looked at
  const admin = await signedIn({ name: "Robin", roles: ["admin", "auditor"] });
  const handle = `i${admin}`, name = `Ada ${admin}`;
  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "Handle" }).fill(handle);
  await page.getByRole("dialog").getByRole("button", { name: "Invite somebody" }).click();
  const link = await page.locator("[data-part=enrolment-link]").textContent();
  await look(page, info, "admin-link");
  await page.getByRole("button", { name: "Done" }).click();

  const elsewhere = await browser.newContext();
  const invited = await Portal.withSecurityKey(await elsewhere.newPage());
  await invited.enrol(link!);
  await expect(invited.home).toBeVisible();

  await page.getByRole("searchbox", { name: "Search by name" }).fill(handle.toUpperCase());
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("table", { name: "Passkeys" })).toContainText("work laptop");
  await look(page, info, "admin-person");

  await page.getByRole("link", { name: "Teams", exact: true }).first().click();
  await page.getByRole("button", { name: "Add a team" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill(`Team ${handle}`);
  await page.getByRole("searchbox", { name: "Search for people" }).fill(handle);
  await page.getByRole("checkbox", { name }).check();
  await look(page, info, "admin-team");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: `Team ${handle}` })).toContainText(name);

  // The log stands open in another tab while the admin acts in this one.
  const log = await page.context().newPage();
  await log.goto(`${addresses.portal}/admin/audit`);
  await expect(log.getByRole("row").filter({ hasText: "Team added" }).first()).toBeVisible();
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await expect(page.getByText(`${name} is suspended: no sign-in, no access.`)).toBeVisible();
  await expect(invited.page.getByRole("alertdialog", { name: "Your session is over" })).toBeVisible();
  await elsewhere.close();

  const suspended = log.getByRole("row").filter({ hasText: "Person suspended" }).filter({ hasText: name });
  await expect(suspended, "without a reload").toBeVisible();
  await look(log, info, "admin-audit");
  await suspended.getByRole("link").click();
  await expect(log.getByRole("dialog")).toContainText(`person/`);
  await look(log, info, "admin-record");
  await log.reload();
  await expect(log.getByRole("dialog"), "a record has an address").toContainText(name);
  await log.getByRole("dialog").getByRole("link", { name }).click();
  await expect(log.getByRole("row").filter({ hasText: "Team added" }), "only what is about this person").toHaveCount(0);
  await log.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([log.waitForEvent("download"), log.getByRole("menuitem", { name: /JSON Lines/ }).click()]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { action: string; person: { name: string } });
  expect(lines.map((line) => line.action)).toContain("person.suspended");
  expect(lines.every((line) => line.person.name === name), "only what is filtered").toBe(true);
});

test("who holds access is on the board, and is revoked with a reason", async ({ portal, signedIn, browser }, info) => {
  const now = Date.now();
  const name = `Grace ${"Hopper".repeat(12)} ${now}`, customer = `${"Northwindtraders".repeat(5)}${now}`; // nothing on the board may cut them
  await addCustomer(customer, `board${now}.onmicrosoft.com`);
  const handle = await signedIn({ name, may: [{ profile: "Help desk", customer }] });
  const grant = await portal.obtain("Help desk", customer);

  const elsewhere = await browser.newContext();
  const admin = await Portal.withSecurityKey(await elsewhere.newPage());
  await admin.enrol(await addPerson({ name: "Robin", handle: `b${handle}`, roles: ["admin"], may: [] }));
  await admin.page.goto(`${addresses.portal}/admin`);
  await expect(admin.page.getByRole("list", { name: "Timeline" })).toContainText(customer);
  await look(admin.page, info, "admin-board");
  await admin.page.getByRole("tab", { name: "Table" }).click();
  await look(admin.page, info, "admin-board-table");
  await admin.page.getByRole("row", { name }).getByRole("button", { name: /^Revoke/ }).click();
  await admin.page.getByRole("textbox", { name: /^Why/ }).fill("The ticket is closed");
  await admin.page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(portal.state(grant)).toHaveText("Off");
  await expect(grant).toContainText("The ticket is closed");
  await elsewhere.close();
});

test("who searches and presses a link at once is not fetched back to the list", async ({ page, signedIn }) => {
  const mark = await signedIn({ name: "Robin", roles: ["admin"] });
  await page.goto(`${addresses.portal}/admin/people`);
  const link = page.getByRole("link", { name: "Robin", exact: true }).first();
  await expect(link).toBeVisible();
  // The next page is still on its way when the fingers have rested.
  let release = () => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route("**/assets/OnePerson-*.js", (route) => released.then(() => route.continue()));
  await page.clock.install();
  await page.getByRole("searchbox").fill(mark);
  await link.click();
  await expect(page).toHaveURL(/\/admin\/people\/[0-9a-f-]{36}$/);
  await page.clock.runFor(1000);
  release();
  await expect(page.getByRole("heading", { name: "Robin", level: 1 })).toBeVisible();
});
