import { accessible, press } from "../badge.ts";
import { expect, test, type Extension } from "../extension.ts";
import type { Portal } from "../portal.ts";
import type { Page } from "../test.ts";

// The end of access as a technician meets it on an admin site, by the real clock: warned after three quarters of its time.

/** A grant that ends after so many seconds. */
async function shortGrant(portal: Portal, customer: string, lifetime: number): Promise<{ id: string; warned: number; ends: number }> {
  const asked = await portal.page.evaluate(async ({ customer, lifetime }) => {
    const { customers } = await (await fetch("/api/v1/access")).json();
    const { id, profiles } = customers.find((one: { name: string }) => one.name === customer);
    const answer = await fetch("/api/v1/grants", {
      method: "POST", headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
      body: JSON.stringify({ customer_id: id, profile_id: profiles[0].id, lifetime_seconds: lifetime }),
    });
    return (await answer.json()).id as string;
  }, { customer, lifetime });
  const read = () => portal.page.evaluate(async (id) => (await (await fetch(`/api/v1/grants/${id}`)).json()) as { state: string; expires_at?: string }, asked);
  await expect.poll(async () => (await read()).state).toBe("active");
  const ends = Date.parse((await read()).expires_at!);
  return { id: asked, warned: ends - lifetime * 250, ends };
}

/** Opens Entra with the badge on. */
async function openPlace(extension: Extension, customer: string): Promise<Page> {
  const popup = await extension.popup();
  const centre = await extension.opens(() => popup.getByRole("button", { name: `Open Entra at ${customer}` }).click());
  await expect(centre.locator("#tenant")).toHaveText(customer);
  await expect.poll(() => accessible(centre)).toContainEqual(expect.stringMatching(`^\u2068${customer}\u2069: .* left$`));
  await popup.close();
  return centre;
}

/** Waits for the window in which the extension warns of the end at the customer. */
async function warning(extension: Extension, customer: string): Promise<Page> {
  const title = `Access at ${customer} ends soon`;
  const find = async () => {
    for (const page of extension.context.pages()) {
      if (page.url().includes("ending.html") && await page.getByRole("heading", { name: title }).isVisible()) return page;
    }
    return undefined;
  };
  await expect.poll(find, { timeout: 60_000, intervals: [200] }).toBeTruthy();
  return (await find())!;
}

test("warned before the end: one is extended and goes on, the other is ended from the badge", async ({ extension, portal, signedIn }) => {
  test.slow();
  await signedIn({ may: [{ profile: "Short visit", customer: "Contoso" }, { profile: "Short visit", customer: "Fabrikam" }] });
  await extension.pair(portal);
  const settings = await extension.settings();
  await settings.getByRole("checkbox", { name: /^Show on Microsoft/ }).check();
  await expect(settings.getByRole("checkbox", { name: /^Show on Microsoft/ })).toBeChecked();
  await settings.close();

  const first = await shortGrant(portal, "Contoso", 60), second = await shortGrant(portal, "Fabrikam", 100);
  const contoso = await openPlace(extension, "Contoso"), fabrikam = await openPlace(extension, "Fabrikam");
  expect(await accessible(contoso), "nothing to press while there is time").not.toContain("Extend");

  const soon = await warning(extension, "Contoso");
  const late = Date.now() - first.warned;
  console.log(`warned ${late} ms after the time for it`);
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThan(10_000);
  await expect(soon.getByText("Save your work. When it ends, its tabs are signed out and closed.")).toBeVisible();
  await expect.poll(() => accessible(contoso)).toEqual(expect.arrayContaining(["Extend", "End"]));
  const page = await extension.opens(() => press(contoso, "Extend"));
  await expect(page).toHaveURL(new RegExp(`/grants/${first.id}$`));
  await page.getByRole("button", { name: /^Extend/ }).click();
  await page.getByRole("menuitem", { name: /^As long as possible/ }).click();
  await expect.poll(() => soon.isClosed(), "the warning goes away").toBe(true);
  await expect.poll(() => accessible(contoso)).not.toContain("Extend");
  await expect.poll(() => accessible(contoso)).toContainEqual(expect.stringMatching(/^\u2068Contoso\u2069: [5-9] min .* left$/));

  await warning(extension, "Fabrikam");
  await expect.poll(() => accessible(fabrikam)).toContain("End");
  await press(fabrikam, "End");
  await expect.poll(() => accessible(fabrikam)).toContain("End now?");
  const closed = fabrikam.waitForEvent("close");
  await press(fabrikam, "End now?");
  await closed;
  expect(Date.now(), "before its time was over").toBeLessThan(second.ends);
  await expect(portal.state(portal.grant("Short visit", "Fabrikam"))).toHaveText("Off");
  await expect(contoso.locator("#tenant"), "the other customer's tab stays").toHaveText("Contoso");
});

test("work that is not saved: there is time to look, and the browser asks before the tab goes", async ({ extension, portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await extension.pair(portal);
  const grant = await portal.obtain("Help desk", "Contoso");
  const popup = await extension.popup();
  const centre = await extension.opens(() => popup.getByRole("button", { name: "Open Entra at Contoso" }).click());
  await expect(centre.locator("#tenant")).toHaveText("Contoso");
  await centre.evaluate(() => addEventListener("beforeunload", (event) => event.preventDefault()));
  await centre.mouse.click(5, 5); // without a press in it, a page may not ask
  const asked: string[] = [];
  centre.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });

  const told = extension.context.waitForEvent("page");
  await grant.getByRole("button", { name: "End now" }).click();
  const ending = await told;
  await expect(ending.getByRole("heading", { name: "Access at Contoso has ended" })).toBeVisible();
  await expect(ending.getByText(/^Its tabs are signed out and closed in 1?\d s\.$/)).toBeVisible();
  expect(centre.isClosed(), "there is time to look").toBe(false);
  const closed = centre.waitForEvent("close");
  await ending.getByRole("button", { name: "Close them now" }).click();
  await closed;
  expect(asked, "the page could ask").toContain("beforeunload");
});
