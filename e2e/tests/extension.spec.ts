import { account, addCustomer, disturb, microsoftTook } from "../stage.ts";
import { audited, expect, openFromPopup, standIn, test } from "../extension.ts";
import { launched, login } from "../hostile.ts";

const roles = ["technician" as const, "auditor" as const];
test("a pass: paired, requested, opened from the popup, signed in without a key pressed, ended", { tag: "@firefox" }, async ({ extension, portal, signedIn }) => {
  await signedIn({ roles, may: [{ profile: "Help desk", customer: "Contoso" }] });
  await extension.pair(portal);
  const grant = await portal.obtain("Help desk", "Contoso");
  const userName = (await grant.locator("code").textContent())!;

  const centre = await openFromPopup(extension, "Contoso");
  await expect(standIn(centre).userName).toHaveText(userName);
  await expect(standIn(centre).tenant).toHaveText("Contoso");
  expect((await audited(portal, "credential.filled")), "one fill, of a pass, at Microsoft").toMatchObject([{ origin: "https://login.microsoftonline.com", step: "pass" }]);
  await expect.poll(async () => (await audited(portal, "launch.reported")).map(({ outcome, step }) => [outcome, step])).toEqual([["filled", "pass"], ["answered", "stay"], ["signed_in", "none"]]);

  const popup = await extension.popup();
  const visited: string[] = [];
  centre.on("request", (request) => visited.push(request.url()));
  const closed = centre.waitForEvent("close");
  await popup.getByRole("button", { name: "End access at Contoso" }).click();
  await popup.getByRole("button", { name: "End access at Contoso" }).click(); // it asks whether one is sure
  await closed;
  expect(visited.some((url) => url.startsWith("https://login.microsoftonline.com/") && url.endsWith("/oauth2/v2.0/logout")), "signed out at Microsoft").toBe(true);
  await expect(portal.state(grant)).toHaveText("Off");
  expect(await account("contoso.onmicrosoft.com", userName)).toMatchObject({ accountEnabled: false, roles: [] });
});

test("a password, opened from the portal by one press; the end there closes the tab", { tag: "@firefox" }, async ({ extension, portal, signedIn }) => {
  await signedIn({ roles, may: [{ profile: "Exchange administration", customer: "Northwind" }] });
  await extension.pair(portal);
  const grant = await portal.obtain("Exchange administration", "Northwind");
  const userName = (await grant.locator("code").textContent())!;
  await expect(portal.page.locator("html")).toHaveAttribute("data-hourglass-extension", /./);

  const centre = await extension.opens(() => grant.getByRole("button", { name: /^Open/ }).first().click());
  await expect(standIn(centre).userName).toHaveText(userName);
  expect(await audited(portal, "credential.filled")).toMatchObject([{ step: "password" }]);
  await expect(portal.credential, "nobody was shown a credential").toBeHidden();

  const ending = extension.context.waitForEvent("page");
  const closed = centre.waitForEvent("close");
  await grant.getByRole("button", { name: "End now" }).click();
  const told = await ending;
  await expect(told.getByRole("heading", { name: "Access at Northwind has ended" })).toBeVisible();
  expect(centre.isClosed(), "there is time to look").toBe(false);
  await told.getByRole("button", { name: "Close them now" }).click();
  await closed;
});

test("two customers at the same time never mix", async ({ extension, portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }, { profile: "Help desk", customer: "Fabrikam" }] });
  await extension.pair(portal);
  await portal.obtain("Help desk", "Contoso");
  await portal.obtain("Help desk", "Fabrikam");
  const contoso = await openFromPopup(extension, "Contoso"), fabrikam = await openFromPopup(extension, "Fabrikam");
  await contoso.reload();
  await expect(standIn(contoso).tenant).toHaveText("Contoso");
  await expect(standIn(fabrikam).tenant).toHaveText("Fabrikam");

  const popup = await extension.popup();
  await popup.getByLabel("Where to go at Contoso").selectOption({ label: "Microsoft 365" });
  const place = await extension.opens(() => popup.getByRole("button", { name: "Open Microsoft 365 at Contoso" }).click());
  await expect(standIn(place).tenant).toHaveText("Contoso");
  await popup.bringToFront();
  await popup.getByRole("button", { name: "Open Microsoft 365 at Fabrikam" }).click();
  await expect(popup.getByRole("alert"), "this place keeps one account per browser").toContainText("Contoso is open there.");
  await expect(standIn(place).tenant).toHaveText("Contoso");
});

test("from home to the customer's admin centre: two presses; and how long the whole way takes", async ({ extension, portal, signedIn }) => {
  const domain = `quick${crypto.randomUUID().slice(0, 8)}`;
  const tenant = await addCustomer(domain, `${domain}.onmicrosoft.com`);
  await disturb({ tenant, kind: "delay", delay: "150ms" }); // as far away as Microsoft is
  await signedIn({ may: [{ profile: "Help desk", customer: domain }] });
  await extension.pair(portal);
  await expect(portal.askUsual(domain)).toBeVisible();
  await expect(portal.page.locator("html")).toHaveAttribute("data-hourglass-extension", /./);
  const began = Date.now();
  await portal.askUsual(domain).click(); // the first press
  const open = portal.grant("Help desk", domain).getByRole("button", { name: /^Open/ }).first();
  await expect(open).toBeVisible();
  const active = Date.now();
  const centre = await extension.opens(() => open.click()); // and the second
  await expect(standIn(centre).tenant).toHaveText(domain);
  const centreAfter = Date.now();
  const microsoft = await microsoftTook(tenant, began, centreAfter);
  console.log(`home to admin centre by the extension: ${centreAfter - began} ms, of which active after ${active - began} ms; Microsoft's answers ${microsoft} ms`);
});

for (const seesSites of [true, false]) {
  test.describe(seesSites ? "where the badge is on" : "where the badge is off", () => {
    test.use({ seesSites });

    test("who is signed in already comes in, and nothing has stopped", async ({ extension, portal, signedIn }) => {
      test.slow(); // where the tab stays open, half a minute by the browser's own alarm
      await signedIn({ roles, may: [{ profile: "Help desk", customer: "Contoso" }] });
      await extension.pair(portal);
      await portal.obtain("Help desk", "Contoso");
      const first = await openFromPopup(extension, "Contoso");
      const reports = async () => (await audited(portal, "launch.reported")).map(({ outcome, reason }) => [outcome, reason]);
      await expect.poll(async () => (await reports()).at(-1)).toEqual(["signed_in", undefined]);
      const second = await openFromPopup(extension, "Contoso");
      if (!seesSites) await second.close();
      await expect.poll(async () => (await reports()).at(-1), { timeout: 60_000 }).toEqual(["already_signed_in", undefined]);
      expect(await audited(portal, "credential.filled"), "one was enough").toHaveLength(1);
      expect((await reports()).filter(([outcome]) => outcome === "stopped")).toEqual([]);
      const popup = await extension.popup();
      await expect(popup.getByRole("button", { name: "Open Entra at Contoso" })).toBeVisible();
      await expect(popup.getByRole("alert")).toBeHidden();
      await expect(standIn(first).tenant).toHaveText("Contoso");
    });
  });
}

test.describe("Pick an account", () => {
  test.use({ held: true });

  test("another account where it is not among them, its own tile where it is", async ({ extension, portal, signedIn }) => {
    const { tab, account, tenant } = await launched(extension, portal, signedIn);
    const steps = async () => (await audited(portal, "launch.reported")).map(({ outcome, step }) => [outcome, step]);
    const signIn = `${login}/${tenant}/oauth2/v2.0/authorize?redirect_uri=${encodeURIComponent("https://portal.azure.com/signin-oidc")}`;

    // Somebody else has signed in with this browser.
    const other = await extension.context.newPage();
    await other.goto(signIn);
    await other.getByLabel("Enter your email, phone, or Skype.").fill("admin@contoso.onmicrosoft.com");
    await other.getByRole("button", { name: "Next" }).click();
    await other.getByLabel("Enter the password").fill("Stand-in-Admin-1");
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("button", { name: "No" }).click();
    await expect(standIn(other).userName).toHaveText("admin@contoso.onmicrosoft.com");

    await tab.goto(signIn);
    await expect(standIn(tab).userName).toHaveText(account);
    await expect.poll(steps).toEqual([["answered", "picker"], ["answered", "username"], ["filled", "pass"], ["answered", "stay"], ["signed_in", "none"]]);

    await tab.goto(signIn);
    await expect.poll(async () => (await steps()).slice(5)).toEqual([["answered", "picker"], ["filled", "pass"], ["answered", "stay"], ["signed_in", "none"]]);
    await expect(standIn(tab).userName).toHaveText(account);
  });
});
