import { randomBytes } from "node:crypto";
import { look } from "../look.ts";
import { Portal } from "../portal.ts";
import { addCustomer, addPerson, addresses } from "../stage.ts";
import { expect, test, type Page } from "../test.ts";

const own = () => randomBytes(4).toString("hex");
const long = "Northwind Traders Wholesale Import and Export of Fine Foods and Drinks of the"; // with what is own, more than 80 characters
const rightToLeft = "شركة كونتوسو للتجارة والخدمات";
const news = (page: Page) => page.getByRole("region", { name: "News" });

test("a profile is made from a ready-made one, changed and retired", async ({ page, signedIn }, info) => {
  test.slow();
  const name = `${long} ${own()}`;
  await signedIn({ roles: ["admin"] });
  await page.getByRole("link", { name: "Access profiles" }).click();
  await page.getByRole("link", { name: "Add a profile" }).click();
  await page.getByRole("button", { name: "Global Administrator" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("checkbox", { name: "An approver decides" }).uncheck();
  await expect(page.getByText("Privileged roles without approval")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search for directory roles" }).fill("helpdesk");
  await page.getByRole("checkbox", { name: /Helpdesk Administrator/ }).check();
  await look(page, info, "profile-new");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name })).toContainText("Helpdesk Administrator");
  await expect(news(page)).toContainText(`${name} was added`);
  await look(page, info, "profiles");

  await page.getByRole("link", { name }).click();
  await page.getByLabel("Longest lifetime").fill("20 min");
  await expect(page.getByText("The usual lifetime cannot be longer than the longest.")).toBeVisible();
  await page.getByLabel("Longest lifetime").fill("3 h");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Discard" }), "saved").toBeDisabled();
  await page.reload();
  await expect(page.getByLabel("Longest lifetime")).toHaveValue("3 h");
  await page.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retire" }).click();
  await expect(page.getByText("This profile is retired: nobody can ask for it, and it stays as it was.")).toBeVisible();
  await look(page, info, "profile-retired");
});

test("access is given and taken away in the matrix, previewed, and ends what rested on it", async ({ page, signedIn, browser }, info) => {
  test.slow();
  const mark = own();
  const customer = `${rightToLeft} ${mark}`;
  await addCustomer(customer, `m${mark}.onmicrosoft.com`);
  const name = `Grace of ${long} ${mark}`;
  const elsewhere = await browser.newContext();
  const grace = await Portal.withSecurityKey(await elsewhere.newPage());
  await grace.enrol(await addPerson({ name, handle: `m${mark}`, roles: ["technician"], may: [{ profile: "Help desk", customer }] }));
  const grant = await grace.obtain("Help desk", customer);

  await signedIn({ roles: ["admin"] });
  await page.goto(`${addresses.portal}/admin/access`);
  await page.getByRole("searchbox", { name: "Filter people" }).fill(mark);
  await expect(page).toHaveURL(/who=/);
  await page.getByRole("searchbox", { name: "Filter customers" }).fill(mark);
  await expect(page).toHaveURL(/who=.*customer=|customer=.*who=/);
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Filter people" }), "filters have an address").toHaveValue(mark);
  const grid = page.getByRole("grid", { name: "Access by person and customer" });
  await expect(grid.getByRole("gridcell", { name: `${name} at ${customer}: Help desk` })).toBeVisible();
  await look(page, info, "access");

  // By the keyboard: one stop, arrows, Enter opens the cell and says why.
  await grid.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const why = page.getByRole("dialog");
  await expect(why.getByRole("list", { name: "Why" })).toContainText("given to");
  await why.getByRole("button", { name: "Take away Help desk" }).click();
  await expect(why.getByText("will be taken away")).toBeVisible();
  await why.getByLabel("Access profile").selectOption({ label: "Exchange administration" });
  await why.getByRole("button", { name: "Add to the changes" }).click();
  await expect(why.getByText("will be given")).toBeVisible();
  await look(page, info, "access-why");
  await why.getByRole("button", { name: "Close" }).click();
  await expect(page.getByText("2 changes are not saved")).toBeVisible();

  await page.getByRole("button", { name: "Preview and save" }).click();
  const preview = page.getByRole("dialog", { name: "Save these changes?" });
  await expect(preview).toContainText("This ends 1 live grant");
  await expect(preview).toContainText("1 entitlement is given");
  await expect(preview).toContainText("1 entitlement is taken away");
  await look(page, info, "access-preview");
  await expect(grace.state(grant), "nothing happens before it is saved").toHaveText("Active");
  await preview.getByRole("button", { name: "Save the changes" }).click();
  await expect(news(page)).toContainText("2 changes saved");
  await expect(grid.getByRole("gridcell", { name: `${name} at ${customer}: Exchange administration` })).toBeVisible();
  await expect(grace.state(grant)).toHaveText("Off");

  await page.goto(`${addresses.portal}/admin/customers?q=${mark}`);
  await page.getByRole("link", { name: customer }).click();
  await page.getByRole("navigation", { name: `About ${customer}` }).getByRole("link", { name: "Access" }).click();
  await expect(page.getByRole("row", { name })).toContainText("given to them");
  await look(page, info, "customer-access");
  await elsewhere.close();
});

test("a list is tried line by line before anything changes, and then done as a whole", async ({ page, signedIn }, info) => {
  test.slow();
  const mark = own();
  await signedIn({ roles: ["admin"] });
  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.getByRole("button", { name: "Import and export" }).click();
  await page.getByRole("menuitem", { name: "Import from CSV" }).click();
  const choose = (lines: string[]) => page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n")) });
  await look(page, info, "import");

  await choose(["handle,name,roles,teams", `a${mark},${long} ${mark},technician,Team ${mark}`, `b${mark},${rightToLeft},tecnician,`, `Not A Handle,Edsger,technician,`]);
  await expect(page.getByText("2 lines have a problem, so nothing can be imported")).toBeVisible();
  await expect(page.getByRole("row", { name: `b${mark}` })).toContainText("roles: Write admin, approver, technician or auditor");
  await expect(page.getByRole("button", { name: /^Import \d/ })).toBeHidden();
  await look(page, info, "import-problems");

  await choose(["handle,name,roles,teams", `a${mark},${long} ${mark},technician,Team ${mark}`, `b${mark},${rightToLeft},technician,Team ${mark}`]);
  await expect(page.getByRole("heading", { name: "What the file would do" })).toBeVisible();
  await page.getByRole("button", { name: "Import 2 changes" }).click();
  await expect(page.getByRole("heading", { name: "What the file did" })).toBeVisible();
  await expect(page.getByRole("table", { name: "Links of those who are new" }).getByRole("row")).toHaveCount(3);
  await look(page, info, "import-done");
  await page.getByRole("link", { name: "People", exact: true }).first().click();
  await page.getByRole("alertdialog", { name: "Leave the links behind?" }).getByRole("button", { name: "Leave" }).click();
  await page.getByRole("searchbox", { name: "Search by name" }).fill(mark);
  await expect(page.getByRole("row", { name: `${long} ${mark}` })).toBeVisible();
});

test.describe("what somebody else changed meanwhile is not overwritten", () => {
  test.use({ expected: /status of 412 .*\/api\/v1\/customers\// });

  test("of two tabs the one that is late says so and keeps what was typed", async ({ page, signedIn }, info) => {
    test.slow();
    const mark = own();
    const name = `${long} ${mark}`;
    await addCustomer(name, `t${mark}.onmicrosoft.com`);
    await signedIn({ roles: ["admin"] });
    await page.goto(`${addresses.portal}/admin/customers?q=${mark}`);
    await page.getByRole("link", { name }).click();
    await page.getByRole("link", { name: "Settings" }).click();
    const general = (tab: Page) => tab.getByRole("region", { name: "General" });
    await expect(general(page).getByLabel("Usual lifetime")).toBeVisible();
    await look(page, info, "customer-settings");
    const other = await page.context().newPage();
    await other.goto(page.url());

    await general(other).getByLabel("Usual lifetime").fill("90 min");
    await general(page).getByLabel("Usual lifetime").fill("2 h");
    await general(page).getByRole("button", { name: "Save" }).click();
    await expect(news(page)).toContainText("Saved");
    await general(other).getByRole("button", { name: "Save" }).click();
    await expect(general(other)).toContainText("Somebody changed this in the meantime");
    await expect(general(other).getByLabel("Usual lifetime"), "what was typed").toHaveValue(/^(90 min|1 h 30 min)$/);
    await look(other, info, "customer-settings-outdated");
    await general(other).getByRole("button", { name: "Show the newest" }).click();
    await expect(general(other).getByLabel("Usual lifetime")).toHaveValue("2 h");
    await general(other).getByLabel("Usual lifetime").fill("3 h");
    await general(other).getByRole("button", { name: "Save" }).click();
    await expect(general(other).getByRole("button", { name: "Discard" })).toBeDisabled();
  });
});

test("a customer without a connection says on every tab what to do", async ({ page, signedIn }, info) => {
  test.slow();
  const mark = own();
  await signedIn({ roles: ["admin"] });
  await page.goto(`${addresses.portal}/admin/customers`);
  await page.getByRole("button", { name: "Add a customer" }).click();
  await look(page, info, "customer-add");
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill(`${long} ${mark}`);
  await page.getByRole("dialog").getByRole("button", { name: "Add a customer" }).click();
  await expect(page.getByRole("heading", { name: `${long} ${mark}`, level: 1 })).toBeVisible();
  await look(page, info, "unconnected-connection");
  for (const [tab, words] of [["Pre-flight", "There is no tenant to check yet"], ["Drill", "There is no tenant to drill yet"]] as const) {
    await page.getByRole("link", { name: tab, exact: true }).click();
    await expect(page.getByRole("heading", { name: words })).toBeVisible();
    await look(page, info, `unconnected-${tab.toLowerCase()}`);
  }
});

test("the other screens of the administration look right, with long names and names from right to left", async ({ page, signedIn }, info) => {
  test.slow();
  const mark = own();
  await addPerson({ name: `${long} ${mark}`, handle: `l${mark}`, roles: ["technician", "approver", "auditor", "admin"], may: [] });
  await addPerson({ name: `${rightToLeft} ${mark}`, handle: `r${mark}`, roles: ["technician"], may: [{ profile: "Help desk" }] });
  await signedIn({ roles: ["admin"] });
  await page.goto(`${addresses.portal}/admin/people?q=2e5`);
  await expect(page.getByRole("searchbox", { name: "Search by name" }), "an address says what was written, not a number").toHaveValue("2e5");
  await page.goto(`${addresses.portal}/admin/people?q=${mark}`);
  await expect(page.getByRole("row")).toHaveCount(3);
  await look(page, info, "people");
  await page.getByRole("link", { name: rightToLeft }).click();
  await expect(page.getByRole("row", { name: "Help desk" }).first()).toBeVisible();
  await look(page, info, "person-right-to-left");
  await page.goto(`${addresses.portal}/admin/teams`);
  await expect(page.getByRole("heading", { name: "Teams", level: 1 })).toBeVisible();
  await look(page, info, "teams");
  await page.goto(`${addresses.portal}/admin/customers?q=Contoso`);
  await page.getByRole("link", { name: "Contoso", exact: true }).click();
  await expect(page.getByRole("table", { name: "Permissions" })).toBeVisible();
  await look(page, info, "customer-connection");
  await page.getByRole("button", { name: "Renew the consent" }).click();
  await look(page, info, "customer-renew");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Own app registration" }).click();
  await look(page, info, "customer-own-app");
});
