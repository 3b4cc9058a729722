import { addresses, age, hourglass } from "../stage.ts";
import { expect, test } from "../test.ts";

test("the first admin's link enrols a passkey once", async ({ portal, page }) => {
  const said = await hourglass("admin", "--handle=first", "--name=First admin");
  const link = /http\S+/.exec(said)![0];
  await portal.enrol(link);
  await expect(page.getByText("First admin")).toBeVisible();
  expect(page.url(), "the token is not in the address bar").toBe(`${addresses.portal}/`);

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
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(`${addresses.portal}/sign-in`);
  await page.goto(addresses.portal);
  await expect(page, "the way back is closed").toHaveURL(`${addresses.portal}/sign-in`);

  await portal.signIn();
  await page.reload();
  await expect(portal.home).toBeVisible();
  await page.goto(`${addresses.portal}/problems/not-entitled`);
  await expect(page.getByRole("heading", { name: "You are not entitled to this" })).toBeVisible();
  await page.goBack();
  await expect(portal.home).toBeVisible();

  const second = await portal.secondTab();
  await expect(second.page.getByText("Grace")).toBeVisible();
  await second.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(second.page).toHaveURL(`${addresses.portal}/sign-in`);
  await expect(page, "the other tab notices by itself").toHaveURL(`${addresses.portal}/sign-in`);
  await portal.signIn();
});

test("an expired session asks for the passkey again", async ({ portal, page, signedIn, context }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await expect(portal.ask("Help desk", "Contoso")).toBeVisible();
  await age(context, 31);
  await page.reload();
  await expect(page).toHaveURL(`${addresses.portal}/sign-in`);
  await portal.signIn();
  await expect(portal.ask("Help desk", "Contoso")).toBeVisible();
});

test("a passkey that is not enrolled is refused", async ({ portal, page }) => {
  await page.goto(`${addresses.portal}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(portal.problem).toContainText("No passkey was used");
  await expect(page.getByRole("button", { name: "Sign in with a passkey" })).toBeEnabled();
});
