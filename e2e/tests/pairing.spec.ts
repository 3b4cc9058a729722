import { look } from "../look.ts";
import { Paired, redirect } from "../paired.ts";
import { Portal } from "../portal.ts";
import { addPerson, addresses, age } from "../stage.ts";
import { expect, test, type Page } from "../test.ts";

/** The address with which the browser's identity flow would come back to the extension. */
async function comesBack(page: Page, doing: () => Promise<unknown>): Promise<URL> {
  await page.route(`${redirect}**`, (route) => route.fulfill({ body: "back" }));
  await doing();
  await page.waitForURL(`${redirect}**`);
  return new URL(page.url());
}

test("a browser is paired with a passkey, gets the credential of a live grant, and is removed", async ({ page, signedIn, portal, context }, info) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await portal.obtain("Help desk", "Contoso");
  await portal.leave("Sign out");

  // It works for whoever is signed out: they sign in first.
  const extension = await Paired.fresh();
  await page.goto(extension.page("Chrome on the work laptop"));
  await expect(page).toHaveURL(/\/sign-in\?to=/);
  await portal.signInButton.click();
  await expect(page.getByRole("heading", { name: "Pair this browser" })).toBeVisible();
  await expect(page.getByLabel("A name for this browser")).toHaveValue("Chrome on the work laptop");
  await look(page, info, "pair");
  await age(context, 2); // the passkey is asked for once more
  const back = await comesBack(page, () => page.getByRole("button", { name: "Pair this browser" }).click());
  expect(back.searchParams.get("state")).toBe("s-1");
  await extension.exchange(back.searchParams.get("code")!);

  const { said: { grants } } = await extension.ask("GET", "/api/v1/extension/grants");
  expect(grants).toMatchObject([{ customer: { name: "Contoso" }, state: "active" }]);
  const launch = await extension.ask("POST", `/api/v1/extension/grants/${grants[0].id}/launches`, { destination: "entra" });
  expect(launch.said.address).toBe(`https://entra.microsoft.com/${grants[0].tenant_id}?login_hint=${encodeURIComponent(grants[0].user_name)}`);
  const wanted = { ticket: launch.said.ticket.ticket, origin: "https://login.microsoftonline.com", user_name: grants[0].user_name, step: grants[0].credential === "password" ? "password" : "pass" };
  const filled = await extension.ask("POST", "/api/v1/extension/fills", wanted);
  expect(filled.status).toBe(200);
  expect(filled.said.secret.length).toBeGreaterThan(5);
  expect((await extension.ask("POST", "/api/v1/extension/fills", wanted)).status, "a ticket works once").toBe(409);

  await page.goto(`${addresses.portal}/passkeys`);
  const browsers = page.getByRole("region", { name: "Paired browsers" });
  await expect(browsers.getByRole("heading", { name: "Chrome on the work laptop" })).toBeVisible();
  await expect(browsers).toContainText("Last used");
  await look(page, info, "paired-browsers");
  await browsers.getByRole("button", { name: "Remove Chrome on the work laptop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(browsers).toContainText("No browser is paired.");
  expect((await extension.ask("GET", "/api/v1/extension/grants")).status, "it counts at once").toBe(401);
});

test("a browser that was copied is removed, and its person is told until they have seen it", async ({ page, signedIn }, info) => {
  await signedIn();
  const extension = await Paired.fresh();
  await page.goto(extension.page("Chrome"));
  const back = await comesBack(page, () => page.getByRole("button", { name: "Pair this browser" }).click());
  await extension.exchange(back.searchParams.get("code")!);
  await expect(extension.exchange(back.searchParams.get("code")!), "somebody else has the code, too").rejects.toThrow("invalid_grant");
  expect((await extension.ask("GET", "/api/v1/extension/me")).status).toBe(401);

  await page.goto(addresses.portal);
  const told = page.getByText("Its pairing code came a second time");
  await expect(told).toBeVisible();
  await look(page, info, "copied-browser");
  await page.getByRole("button", { name: "Got it" }).click();
  await expect(told).toBeHidden();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Live grants" })).toBeVisible();
  await expect(told).toBeHidden();
});

test("the extension opens the request at a customer", async ({ page, portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  const customer = await portal.tile("Contoso").getAttribute("data-customer");
  await page.goto(`${addresses.portal}/?request=${customer}`);
  await expect(portal.request).toBeVisible();
  await expect(page).toHaveURL(`${addresses.portal}/`);
  await portal.send();
  await expect(portal.state(portal.grant("Help desk", "Contoso"))).toHaveText("Active");
});

test("whoever declines a pairing goes back with that", async ({ page, signedIn }) => {
  await signedIn();
  const extension = await Paired.fresh();
  await page.goto(extension.page("Chrome"));
  const back = await comesBack(page, () => page.getByRole("button", { name: "Cancel" }).click());
  expect(back.search).toBe("?error=access_denied&state=s-1");
});

test("nobody is sent to an address that is none of the extension's", async ({ page, portal, signedIn }) => {
  await signedIn();
  const extension = await Paired.fresh();
  await page.goto(extension.page("Chrome", "https://evil.example/"));
  await expect(portal.problem).toContainText("This is not an extension that Hourglass knows");
  await expect(page.getByRole("button")).toHaveCount(0);
});

test("an admin sees and removes the paired browsers of a person", async ({ page, signedIn, browser }) => {
  const elsewhere = await browser.newContext();
  const technician = await Portal.withSecurityKey(await elsewhere.newPage());
  await technician.enrol(await addPerson({ name: "Ada", handle: "ada-with-a-browser", roles: ["technician"], may: [] }));
  const extension = await Paired.fresh();
  await technician.page.goto(extension.page("Edge at home"));
  const back = await comesBack(technician.page, () => technician.page.getByRole("button", { name: "Pair this browser" }).click());
  await extension.exchange(back.searchParams.get("code")!);

  await signedIn({ roles: ["admin"] });
  await page.goto(`${addresses.portal}/admin/people`);
  await page.getByRole("searchbox").fill("ada-with-a-browser");
  await page.getByRole("row").filter({ hasText: "ada-with-a-browser" }).getByRole("link").click();
  await page.getByRole("button", { name: "Remove Edge at home" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("region", { name: "Paired browsers" })).toContainText("No browser is paired.");
  expect((await extension.ask("GET", "/api/v1/extension/me")).status).toBe(401);
  await elsewhere.close();
});

test("Open asks the extension where it is there, by one press, and says what it answers", async ({ page, portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  const grant = await portal.obtain("Help desk", "Contoso");
  // What the extension's script on this page does.
  await page.evaluate(() => {
    document.documentElement.dataset.hourglassExtension = "1.0";
    document.addEventListener("hourglass:launch", (event) => {
      const { grant, destination } = (event as CustomEvent<{ grant: string; destination: string }>).detail;
      document.body.dataset.asked = `${destination} ${navigator.userActivation.isActive}`;
      const answer = destination === "entra" ? "hourglass:launched" : "hourglass:refused";
      document.dispatchEvent(new CustomEvent(answer, { detail: { grant, reason: "occupied" } }));
    });
  });
  await grant.getByRole("button", { name: "Open: Help desk at Contoso", exact: true }).click();
  await expect(page.locator("body")).toHaveAttribute("data-asked", "entra true");
  await expect(portal.credential, "no credential is shown").toBeHidden();

  await grant.getByRole("button", { name: "Open a place: Help desk at Contoso" }).click();
  await page.getByRole("menuitem", { name: "Intune" }).click();
  await expect(page.locator("body")).toHaveAttribute("data-asked", "intune true");
  await expect(grant.getByRole("alert")).toContainText("Another sign-in is under way.");
  await grant.getByRole("button", { name: "Sign in by hand" }).click();
  await expect(portal.credential).toBeVisible();
});
