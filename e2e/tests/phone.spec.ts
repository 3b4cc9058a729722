import { devices, type Locator } from "@playwright/test";
import { Portal } from "../portal.ts";
import { addPerson, type Person } from "../stage.ts";
import { expect, expectQuiet, listen, test } from "../test.ts";

const { viewport, isMobile, hasTouch, deviceScaleFactor, userAgent } = devices["Pixel 7"];
const phone = { viewport, isMobile, hasTouch, deviceScaleFactor, userAgent, ignoreHTTPSErrors: true } as const;

/** A tap hits only what is in sight and under nothing else. */
const tap = (what: Locator) => what.tap();

test("on phones: asked for, approved, shown, revoked and looked up, each by whose part it is", async ({ browser }, info) => {
  test.slow(); // four people enrol
  const profile = "Global Administrator with approval", customer = "Fabrikam", own = crypto.randomUUID().slice(0, 8);
  const complaints: string[][] = [];
  const somebody = async (name: string, colorScheme: "light" | "dark", about: Pick<Person, "roles" | "may">) => {
    const context = await browser.newContext({ ...phone, colorScheme, reducedMotion: "reduce" });
    complaints.push(listen(context));
    const person = await Portal.withSecurityKey(await context.newPage());
    await person.enrol(await addPerson({ name: `${name} ${own}`, handle: `${name.toLowerCase()}${own}`, ...about }));
    return person;
  };
  const goTo = async ({ page }: Portal, name: string) => {
    await tap(page.getByRole("button", { name: "Open navigation" }));
    await tap(page.getByRole("menuitem", { name, exact: true }));
  };
  const seen = async ({ page }: Portal, what: string) => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${what}: nothing to scroll sideways`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `${info.project.outputDir}/looks/phone-${what}.png` });
  };

  const technician = await somebody("Grace", "dark", { roles: ["technician"], may: [{ profile, customer }] });
  await tap(technician.askUsual(customer));
  await technician.request.getByLabel("Reason").fill(own);
  await technician.request.getByLabel("Ticket").fill("T-7");
  await seen(technician, "request");
  await tap(technician.request.getByRole("button", { name: "Request access" }));
  const grant = technician.grant(profile, customer);
  await expect(technician.state(grant)).toHaveText("Waiting for approval");

  const approver = await somebody("Alan", "light", { roles: ["approver"], may: [] });
  const asked = approver.page.getByRole("article", { name: `Grace ${own}: ${profile} at ${customer}` });
  await seen(approver, "approval");
  await tap(asked.getByRole("button", { name: "Approve" }));
  await expect(asked).toBeHidden();

  await expect(technician.state(grant)).toHaveText("Active");
  await tap(grant.getByRole("button", { name: "Show credential" }));
  await expect(technician.credential.getByRole("definition").first()).toContainText("@fabrikam.onmicrosoft.com");
  await seen(technician, "credential");
  await tap(technician.credential.getByRole("button", { name: "Hide now" }));

  const admin = await somebody("Robin", "dark", { roles: ["admin"], may: [] });
  await tap(admin.page.getByRole("tab", { name: "Table" }));
  const row = admin.page.getByRole("row").filter({ hasText: `Grace ${own}` });
  await seen(admin, "board");
  await tap(row.getByRole("button", { name: /^Revoke/ }));
  await admin.page.getByRole("dialog").getByRole("textbox").fill("Enough for today");
  await seen(admin, "revoke");
  await tap(admin.page.getByRole("dialog").getByRole("button", { name: "Revoke" }));
  await expect(technician.state(grant)).toHaveText("Off");
  await expect(grant).toContainText("Revoked");
  await expect(grant).toContainText("Proven off at");
  await seen(technician, "proof");

  const auditor = await somebody("Ada", "light", { roles: ["auditor"], may: [] });
  await goTo(auditor, "Audit");
  await auditor.page.getByLabel("What").selectOption({ label: "Access" });
  await tap(auditor.page.getByRole("link", { name: "Proven off" }).first());
  await expect(auditor.page.getByRole("dialog")).toContainText("Fabrikam");
  await seen(auditor, "record");

  for (const { page } of [technician, approver, admin, auditor]) await page.context().close();
  expectQuiet(complaints.flat());
});
