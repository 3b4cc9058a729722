import { randomUUID } from "node:crypto";
import { test as base } from "@playwright/test";
import { look } from "../look.ts";
import { AdminCentre } from "../microsoft.ts";
import { Portal } from "../portal.ts";
import { ask, hourglassAt, type Addresses } from "../stage.ts";
import { startStage } from "../start.ts";
import { expect, expectQuiet, listen, type Page } from "../test.ts";

/** A product as it is right after its installation, with a stand-in for Microsoft of its own. */
const test = base.extend<object, { fresh: Addresses }>({
  fresh: [async ({}, use) => { // eslint-disable-line no-empty-pattern
    const { line, stop } = await startStage("-empty");
    await use(JSON.parse(line) as Addresses);
    await stop();
  }, { scope: "worker", timeout: 90_000 }],
});

/** A tenant that knows nothing of Hourglass yet, in which Microsoft lets an app set passwords only with User Administrator. */
async function addTenant({ microsoft }: Addresses, domain: string) {
  const id = randomUUID();
  await ask("POST", `${microsoft}/tenants`, {
    id, name: "Contoso Retail", defaultDomain: domain, licence: "Free", tapPolicy: { enabled: true, minMinutes: 10, maxMinutes: 480 },
  });
  await ask("POST", `${microsoft}/tenants/${id}/users`, { userPrincipalName: `admin@${domain}`, password: "Stand-in-Admin-1", roles: ["Global Administrator"] });
}

const step = (page: Page, name: string) => page.locator(`[data-start=${name}]`);

test("from an empty installation to a grant that works, through the portals alone", async ({ fresh, page, context, browser }, info) => {
  test.setTimeout(180_000);
  const domain = "contoso-retail.onmicrosoft.com";
  await addTenant(fresh, domain);
  const complaints = listen(context, fresh);

  await test.step("the first admin enrols by the link that the command prints", async () => {
    const said = await hourglassAt(fresh, "admin", "--handle", "ada", "--name", "Ada Lovelace");
    const admin = await Portal.withSecurityKey(page);
    await admin.enrol(/\S+\/enrol#\S+/.exec(said)![0]);
    await expect(page, "while there is nothing else to see").toHaveURL(`${fresh.portal}/admin/start`);
    await expect(step(page, "passkey")).toHaveAttribute("data-step", "done");
    await expect(step(page, "customer")).toHaveAttribute("data-step", "now");
    await look(page, info, "start-empty");
  });

  await test.step("every screen of an empty installation says what to do", async () => {
    for (const [screen, heading] of [["customers", "No customer yet"], ["access", "Nobody can be entitled yet"], ["profiles", "No access profile yet"], ["", "Nobody holds access"]]) {
      await page.goto(`${fresh.portal}/admin/${screen}`);
      await expect(page.getByRole("heading", { name: heading })).toBeVisible();
      await expect(page.getByRole("main").getByRole("link", { name: "Getting started" })).toBeVisible();
      await look(page, info, `empty-${screen || "board"}`);
    }
    await page.getByRole("main").getByRole("link", { name: "Getting started" }).click();
  });

  await test.step("a customer is connected by the consent of its administrator", async () => {
    await step(page, "customer").getByRole("button", { name: "Add a customer" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("Contoso Retail");
    await page.getByRole("dialog").getByRole("button", { name: "Add a customer" }).click();
    await expect(page.getByRole("heading", { name: "Contoso Retail", level: 1 })).toBeVisible();
    await page.getByRole("button", { name: "Connect by consent" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill(domain);
    await page.getByRole("button", { name: "Continue" }).click();
    const [microsoft] = await Promise.all([context.waitForEvent("page"), page.getByRole("link", { name: "Open Microsoft's consent page" }).click()]);
    await microsoft.getByLabel("Account").fill(`admin@${domain}`);
    await microsoft.getByLabel("Password").fill("Stand-in-Admin-1");
    await microsoft.getByRole("button", { name: "Sign in" }).click();
    await microsoft.getByRole("button", { name: "Accept" }).click();
    await expect(microsoft.getByText(`Connected. Accounts are made in ${domain}.`)).toBeVisible();
    await expect(microsoft.getByRole("link", { name: "See whether grants will work" })).toHaveAttribute("href", /\/admin\/customers\/.+\/preflight$/);
    await microsoft.close();
    await expect(page.locator("[data-connection=connected]").first(), "the page from which it began sees it").toBeVisible();
  });

  await test.step("the pre-flight says that passwords cannot be set, and that is allowed", async () => {
    await page.getByRole("link", { name: "Pre-flight" }).click();
    await page.getByRole("button", { name: "Check now" }).click();
    const refused = page.locator("[data-finding=password_reset_refused]");
    await expect(refused).toContainText("Microsoft does not let the app set the password of an account");
    await expect(page.locator("[data-health=blocked]").first()).toBeVisible();
    await refused.getByRole("button", { name: "Allow it" }).click();
    await expect(page.getByText("The app holds it now.")).toBeVisible();
    await expect(page.getByRole("switch")).toBeChecked();
    await expect(refused).toBeHidden();
    await page.getByRole("link", { name: "Getting started" }).click();
    await expect(step(page, "preflight")).toHaveAttribute("data-step", "done");
  });

  await test.step("a ready-made profile is taken", async () => {
    await step(page, "profile").getByRole("link", { name: "Take a ready-made one" }).click();
    await page.getByRole("button", { name: "Help desk" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("row", { name: "Help desk" })).toBeVisible();
    await page.getByRole("link", { name: "Getting started" }).click();
  });

  const elsewhere = await browser.newContext();
  const technicianComplaints = listen(elsewhere, fresh);
  const technician = await Portal.withSecurityKey(await elsewhere.newPage());

  await test.step("a technician is invited and enrols elsewhere", async () => {
    await step(page, "technician").getByRole("button", { name: "Invite a technician" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Grace Hopper");
    await page.getByRole("dialog").getByRole("button", { name: "Invite somebody" }).click();
    const link = await page.locator("[data-part=enrolment-link]").textContent();
    await page.getByRole("button", { name: "Done" }).click();
    await expect(step(page, "enrolled")).toContainText("Grace Hopper has not opened the link yet");
    await look(page, info, "start-half");
    await technician.enrol(link!);
    await expect(technician.page.getByRole("heading", { name: "You may not use any customer yet" })).toBeVisible();
    await expect(step(page, "enrolled"), "by itself").toHaveAttribute("data-step", "done");
  });

  await test.step("the technician is entitled in the access matrix", async () => {
    await step(page, "entitled").getByRole("link", { name: "Open the access matrix" }).click();
    await page.getByRole("gridcell", { name: "Grace Hopper at Contoso Retail: none" }).click();
    const drawer = page.getByRole("dialog");
    await drawer.getByLabel("Access profile").selectOption({ label: "Help desk" });
    await drawer.getByRole("button", { name: "Add to the changes" }).click();
    await drawer.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Preview and save" }).click();
    await expect(page.getByRole("dialog")).toContainText("Help desk");
    await page.getByRole("dialog").getByRole("button", { name: "Save the changes" }).click();
    await expect(page.getByRole("gridcell", { name: "Grace Hopper at Contoso Retail: Help desk" })).toBeVisible();
    await page.getByRole("link", { name: "Getting started" }).click();
    await expect(step(page, "grant")).toHaveAttribute("data-step", "now");
  });

  await test.step("the grant works: its credential opens the account", async () => {
    await technician.page.goto(fresh.portal);
    await technician.ask("Help desk", "Contoso Retail");
    await technician.request.getByLabel("Reason").fill("A new starter cannot sign in");
    await technician.send();
    const grant = technician.grant("Help desk", "Contoso Retail");
    await expect(technician.state(grant)).toHaveText("Active");
    await expect(page.getByText("Everything works"), "the admin sees it happen").toBeVisible();
    await look(page, info, "start-done");
    const credential = await technician.reveal(grant);
    expect(credential["User name"]).toMatch(new RegExp(`@${domain}$`));
    const centre = await AdminCentre.signIn(elsewhere, credential, undefined, fresh);
    await centre.expectSession(credential["User name"]!, "Contoso Retail", "Helpdesk Administrator");
  });

  await elsewhere.close();
  expectQuiet([...complaints, ...technicianComplaints]);
});
