import type { Browser, BrowserContext, Page } from "@playwright/test";
import { Portal } from "../portal.ts";
import { addPerson, addresses, age } from "../stage.ts";
import { expect, test } from "../test.ts";
import { told } from "../told.ts";

const may = [{ profile: "Help desk", customer: "Contoso" }];

/** An admin at another browser, who acts by the API. */
async function admin(browser: Browser) {
  const portal = await Portal.withSecurityKey(await (await browser.newContext()).newPage());
  await portal.enrol(await addPerson({ name: "Robin", handle: `r${crypto.randomUUID().slice(0, 8)}`, roles: ["admin"], may: [] }));
  return async <T>(method: string, path: string, body?: object): Promise<T> => portal.page.evaluate(async ({ method, path, body }) => {
    const headers = { "Content-Type": "application/json", "If-Match": '"1"' };
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }, { method, path, body });
}

const me = (page: Page): Promise<{ id: string }> => page.evaluate(async () => (await fetch("/api/v1/me")).json());
const revoke = async (page: Page, by: Awaited<ReturnType<typeof admin>>) => {
  const { grants } = await by<{ grants: { id: string }[] }>("GET", `/api/v1/grants?person_id=${(await me(page)).id}`);
  await by("POST", `/api/v1/grants/${grants[0]!.id}/revoke`, { comment: "Not needed" });
};

/** Counts the streams of live updates that a browser opens. */
function streams(context: BrowserContext): () => number {
  let opened = 0;
  context.on("request", (r) => { if (r.url().endsWith("/api/v1/events")) opened++; });
  return () => opened;
}

test("an entitlement that is taken away leaves an open page within two seconds", async ({ portal, page, signedIn, browser }) => {
  const robin = await admin(browser);
  await signedIn({ may: [...may, { profile: "Help desk", customer: "Fabrikam" }] });
  await expect(portal.askUsual("Fabrikam")).toBeVisible();
  const { entitlements } = await robin<{ entitlements: { id: string; customer: { name: string } }[] }>("GET", `/api/v1/entitlements?person_id=${(await me(page)).id}`);
  await robin("DELETE", `/api/v1/entitlements/${entitlements.find((e) => e.customer.name === "Fabrikam")!.id}`);
  await told("entitlement taken away", () => expect(portal.tile("Fabrikam")).toBeHidden());
  await expect(portal.askUsual("Contoso"), "the other one stays").toBeVisible();
});

test("a person who is suspended is asked to sign in within two seconds, and cannot", async ({ page, signedIn, browser }) => {
  const robin = await admin(browser);
  await signedIn({ may });
  const tab = await page.context().newPage();
  await tab.goto(addresses.portal);
  await expect(tab.locator("[data-customer]")).toBeVisible();
  await robin("POST", `/api/v1/people/${(await me(page)).id}/suspend`);
  const over = page.getByRole("alertdialog", { name: "Your session is over" });
  await told("person suspended", () => expect(over).toBeVisible());
  await expect(tab.getByRole("alertdialog"), "in every tab").toBeVisible();
  await over.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(over.locator("[data-part=problem]")).toBeVisible();
});

test("a session that expires is said within two seconds; after the passkey everything goes on where it was", async ({ portal, page, context, signedIn, browser }) => {
  const robin = await admin(browser);
  await signedIn({ may });
  const tab = await portal.secondTab();
  await portal.ask("Help desk", "Contoso");
  await portal.request.getByLabel("Reason").fill("Half a sentence");
  await age(context, 31);
  const over = page.getByRole("alertdialog", { name: "Your session is over" });
  await told("session expired", () => expect(over).toBeVisible());
  await expect(tab.page.getByRole("alertdialog"), "in every tab").toBeVisible();
  await over.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(over).toBeHidden();
  await expect(tab.page.getByRole("alertdialog"), "every tab goes on").toBeHidden();
  await expect(portal.request.getByLabel("Reason")).toHaveValue("Half a sentence");
  await expect(portal.request.getByLabel("Reason"), "the focus is back where it was").toBeFocused();
  await portal.send();
  await expect(portal.state(portal.grant("Help desk", "Contoso"))).toHaveText("Active");
  await revoke(page, robin);
  await told("grant ended from another browser", () => expect(portal.state(portal.grant("Help desk", "Contoso"))).not.toHaveText("Active"));
  await told("the same, in the second tab", () => expect(tab.state(tab.grant("Help desk", "Contoso"))).not.toHaveText("Active"));
});

test("roles that change are felt within two seconds", async ({ page, signedIn, browser }) => {
  const robin = await admin(browser);
  const handle = await signedIn({ may });
  await expect(page.getByRole("link", { name: "Live access" })).toBeHidden();
  const { id } = await me(page);
  await robin("PUT", `/api/v1/people/${id}`, { name: "Grace", handle, roles: ["technician", "auditor"] });
  await told("a role added", () => expect(page.getByRole("link", { name: "Live access" })).toBeVisible());
});

test("all tabs share one stream; another tab takes over when its reader closes or freezes", async ({ page, portal, context, signedIn, browser }) => {
  const opened = streams(context);
  const robin = await admin(browser);
  await signedIn({ may });
  const [second, third] = [await portal.secondTab(), await portal.secondTab()];
  const active = (tab: Portal) => expect(tab.state(tab.grant("Help desk", "Contoso")));
  await portal.askUsual("Contoso").click();
  for (const tab of [portal, second, third]) await active(tab).toHaveText("Active");
  expect(opened(), "one stream").toBe(1);

  await page.close();
  await expect.poll(opened, "the next tab reads on").toBe(2);
  await revoke(second.page, robin);
  for (const tab of [second, third]) await told("after the reading tab was closed", () => active(tab).not.toHaveText("Active"));

  for (const tab of [second, third]) await active(tab).toHaveText("Off");
  const thawed = second.page.evaluate(() => { for (const until = Date.now() + 20_000; Date.now() < until;); });
  await third.askUsual("Contoso").click();
  await expect.poll(opened, "a tab that does not answer holds nobody up for long").toBe(3);
  await active(third).toHaveText("Active");
  await revoke(third.page, robin);
  await told("after the reading tab froze", () => active(third).not.toHaveText("Active"));
  await thawed;
  await active(second).toHaveText("Off");
});
