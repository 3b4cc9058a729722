import { Portal } from "../portal.ts";
import { addPerson, addresses, age, hourglass } from "../stage.ts";
import { expect, test } from "../test.ts";

test("the first admin's link enrols a passkey once", async ({ portal, page }) => {
  const said = await hourglass("admin", "--handle=first", "--name=First admin");
  const link = /http\S+/.exec(said)![0];
  await portal.enrol(link);
  await expect(page.getByText("First admin", { exact: true })).toBeVisible();
  await expect(page, "the token is not in the address bar").toHaveURL(`${addresses.portal}/`);

  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("button", { name: "Create the passkey" }).click();
  await expect(portal.problem).toContainText("The enrolment link cannot be used");
  await expect(portal.problem).toContainText("Ask an admin for a new one");
});

test("an enrolment link without its token says what to do", async ({ portal, page }) => {
  await page.goto(`${addresses.portal}/enrol`);
  await expect(portal.problem).toContainText("Open the whole link that you were given.");
  await expect(page.getByRole("button", { name: "Create the passkey" })).toBeDisabled();
});

test("a technician signs out and in; reload, back and a second tab keep the session", async ({ portal, page, signedIn }) => {
  await signedIn();
  await portal.leave("Sign out");
  await expect(page).toHaveURL(`${addresses.portal}/sign-in`);
  await page.goto(addresses.portal);
  await expect(page, "the way back is closed").toHaveURL(/\/sign-in/);

  await portal.signIn();
  await page.reload();
  await expect(portal.home).toBeVisible();
  await page.goto(`${addresses.portal}/problems/not-entitled`);
  await expect(page.getByRole("heading", { name: "You are not entitled to this" })).toBeVisible();
  await page.goBack();
  await expect(portal.home).toBeVisible();

  const second = await portal.secondTab();
  await expect(second.page.getByText("Grace", { exact: true })).toBeVisible();
  await second.leave("Sign out everywhere");
  await expect(second.page).toHaveURL(`${addresses.portal}/sign-in`);
  await expect(page, "the other tab notices by itself").toHaveURL(`${addresses.portal}/sign-in`);
  await portal.signIn();
});

test("an expired session asks for the passkey in place, and what was begun goes on", async ({ portal, page, signedIn, context }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await portal.ask("Help desk", "Contoso");
  await portal.request.getByLabel("Reason").fill("A long story, typed before lunch");
  await age(context, 31);
  await portal.send();
  const over = page.getByRole("alertdialog", { name: "Your session is over" });
  await over.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(over).toBeHidden();
  const grant = portal.grant("Help desk", "Contoso");
  await expect(portal.state(grant)).toHaveText("Active");
  await expect(grant, "nothing that was typed is lost").toContainText("A long story, typed before lunch");
});

test("an expired session leads from a new page to the sign-in and back again", async ({ portal, page, signedIn, context }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await age(context, 31);
  await page.goto(`${addresses.portal}/passkeys`);
  await expect(page).toHaveURL(/\/sign-in\?to=/);
  await portal.signInButton.click();
  await expect(page.getByRole("heading", { name: "work laptop" }), "it goes on where it was wanted").toBeVisible();
});

test("a passkey that the browser offers by itself signs in", async ({ page }) => {
  const portal = await Portal.withSecurityKey(page, true);
  await portal.enrol(await addPerson({ name: "Grace", handle: "autofill", roles: ["technician"], may: [] }));
  await page.context().clearCookies();
  await page.goto(`${addresses.portal}/history`);
  await expect(page, "through the sign-in page").toHaveURL(`${addresses.portal}/history`);
  await expect(page.getByRole("heading", { name: "My history" })).toBeVisible();
});

test("a technician adds, renames and removes passkeys", async ({ portal, page, signedIn, context }) => {
  await signedIn();
  await page.getByRole("link", { name: "My passkeys" }).click();
  await page.getByRole("button", { name: "Rename work laptop" }).click();
  await page.getByLabel("A name for this passkey").fill("spare laptop");
  await age(context, 2);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "spare laptop" })).toBeVisible();

  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("A name for this passkey").fill("twin");
  await page.getByRole("dialog").getByRole("button", { name: "Add a passkey" }).click();
  await expect(portal.problem, "a device has one passkey of a person").toContainText("This device has your passkey already");
  await page.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Remove spare laptop" }).click();
  await expect(page.getByRole("dialog")).toContainText("It is your last passkey.");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "spare laptop" })).toBeHidden();
});

test("a passkey that is not enrolled is refused", async ({ portal, page }) => {
  await page.goto(`${addresses.portal}/sign-in`);
  await portal.signInButton.click();
  await expect(portal.problem).toContainText("No passkey was used");
  await expect(portal.signInButton).toBeEnabled();
});
