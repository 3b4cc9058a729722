import { AdminCentre } from "../microsoft.ts";
import { ownClock } from "../clock.ts";
import { Portal } from "../portal.ts";
import { account, addPerson, age } from "../stage.ts";
import { expect, test } from "../test.ts";

test("a pass: requested, shown, used at Microsoft, returned, proven off", async ({ portal, page, context, signedIn }) => {
  const handle = await signedIn({ may: [{ profile: "User administration", customer: "Contoso" }] });
  const fetched: string[] = [];
  page.on("response", async (response) => { fetched.push(await response.text().catch(() => "")); });

  await portal.askUsual("Contoso").click(); // the profile wants a reason, so that one press is not enough
  await portal.send();
  await expect(portal.request.getByLabel("Reason"), "the profile wants a reason").toBeFocused();
  await portal.request.getByLabel("Reason").fill("New starter");
  await portal.request.getByLabel("Ticket").fill("T-1042");
  await portal.send();
  const grant = portal.grant("User administration", "Contoso");
  await expect(portal.state(grant)).toHaveText("Active");
  await expect(grant).toContainText("New starter");
  await expect(grant).toContainText("T-1042");
  const userName = (await grant.locator("code").textContent())!;
  expect(userName).toContain(handle);
  await expect(portal.askUsual("Contoso"), "one live grant").toBeHidden();

  await age(context, 2);
  const asserted = page.waitForResponse("**/api/v1/assertion/finish");
  const before = [...fetched, await page.content()].join();
  const credential = await portal.reveal(grant);
  expect((await asserted).status(), "the passkey was asked for").toBe(204);
  expect(Object.keys(credential)).toEqual(["User name", "Temporary Access Pass", "Password"]);
  expect(credential["User name"]).toBe(userName);
  for (const secret of [credential["Temporary Access Pass"], credential["Password"]]) {
    expect(secret.length).toBeGreaterThanOrEqual(8);
    expect(before, "the page did not have it before").not.toContain(secret);
  }
  await portal.credential.getByRole("button", { name: "Copy Temporary Access Pass" }).click();
  await portal.hide();
  expect(await page.content(), "hidden is gone").not.toContain(credential["Temporary Access Pass"]);

  const admin = await AdminCentre.signIn(context, credential, "pasted");
  await admin.expectSession(userName, "Contoso", "User Administrator");

  await page.bringToFront();
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(portal.state(grant)).toHaveText("Off");
  await expect(grant).toContainText("Proven off at");
  await expect(grant).toContainText("account disabled, no role left (1 removed), no sign-in method left (1 removed), sessions revoked");
  await expect(portal.askUsual("Contoso"), "the next request is open").toBeVisible();
  await admin.expectRevoked();
  expect(await account("contoso.onmicrosoft.com", userName)).toMatchObject({ accountEnabled: false, roles: [], methods: [] });

  await page.reload();
  await expect(grant, "the proof can be read later").toContainText("Proven off at");
});

test("a password, where the tenant allows no pass: the same way", async ({ portal, page, context, signedIn }) => {
  await signedIn({ may: [{ profile: "Exchange administration", customer: "Northwind" }] });
  const grant = await portal.obtain("Exchange administration", "Northwind");
  const credential = await portal.reveal(grant);
  expect(Object.keys(credential)).toEqual(["User name", "Password"]);
  await portal.hide();

  const admin = await AdminCentre.signIn(context, credential);
  await admin.expectSession(credential["User name"], "Northwind", "Exchange Administrator");

  await page.bringToFront();
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(grant).toContainText("Proven off at");
  await admin.expectRevoked();
});

test("a pass, where the tenant allows none: off at once, and told what to do", async ({ portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Northwind" }] });
  await portal.ask("Help desk", "Northwind");
  await portal.send();
  const grant = portal.grant("Help desk", "Northwind");
  await expect(portal.state(grant)).toHaveText("Off");
  await expect(grant).toContainText("Could not be set up");
  await expect(grant).toContainText("use a profile that hands out a password");
});

test("a shown credential hides after a minute, and when its grant ends", async ({ portal, page, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  const second = await portal.secondTab();
  const grant = await portal.obtain("Help desk", "Contoso");
  await ownClock(page);
  const credential = await portal.reveal(grant);
  await expect(portal.credential).toContainText("Hidden again in");
  await page.clock.fastForward("01:00");
  await expect(portal.credential).toBeHidden();
  expect(await page.content()).not.toContain(credential["Temporary Access Pass"]);

  await portal.reveal(grant);
  await second.grant("Help desk", "Contoso").getByRole("button", { name: "End now" }).click();
  await expect(portal.credential).toBeHidden();
  await expect(portal.state(grant)).toHaveText("Off");
});

test("a grant is extended up to the profile's maximum", async ({ portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Fabrikam" }] });
  await portal.ask("Help desk", "Fabrikam");
  await portal.request.getByLabel("How long").selectOption({ label: "2 h" });
  await portal.send();
  const grant = portal.grant("Help desk", "Fabrikam");
  await expect(grant).toContainText(/(2 h 0 min|1 h 59 min) left/);
  await expect(grant, "Fabrikam has Entra ID P2").toContainText("Microsoft itself ends the pass and the roles.");
  await grant.getByRole("button", { name: "Extend" }).click();
  await portal.page.getByRole("menuitem", { name: "As long as possible" }).click();
  await expect(grant).toContainText(/(4 h 0 min|3 h 59 min) left/);
  await expect(grant.getByRole("button", { name: "Extend" })).toBeHidden();
});

test("another person approves, and the clock starts only then", async ({ portal, signedIn, browser }) => {
  const handle = await signedIn({ may: [{ profile: "Global Administrator with approval", customer: "Fabrikam" }] });
  await portal.ask("Global Administrator with approval", "Fabrikam");
  await expect(portal.request).toContainText("An approver decides first");
  await portal.request.getByLabel("Reason").fill(handle);
  await portal.request.getByLabel("Ticket").fill("T-7");
  await portal.send();
  const grant = portal.grant("Global Administrator with approval", "Fabrikam");
  await expect(portal.state(grant)).toHaveText("Waiting for approval");

  const elsewhere = await browser.newContext();
  const approver = await Portal.withSecurityKey(await elsewhere.newPage());
  await approver.enrol(await addPerson({ name: "Alan", handle: `a${handle}`, roles: ["approver"], may: [] }));
  await expect(approver.page.getByRole("heading", { name: "Approvals" }), "an approver starts there").toBeVisible();
  const theirs = approver.page.getByRole("article", { name: "Grace: Global Administrator with approval at Fabrikam" }).filter({ hasText: handle });
  await expect(theirs).toContainText("For 30 min");
  await theirs.getByLabel("Comment").fill("Go ahead");
  await expect(theirs.getByRole("button", { name: "Show credential" })).toBeHidden();
  await theirs.getByRole("button", { name: "Approve" }).click();
  await expect(portal.state(grant)).toHaveText("Active");
  await expect(grant).toContainText(/(30 min 0 s|29 min \d+ s) left/);
  await expect(theirs, "it waits no longer").toBeHidden();
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(grant).toContainText("Proven off at");
  await elsewhere.close();
});
