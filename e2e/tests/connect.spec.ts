import { addresses } from "../stage.ts";
import { expect, test, type Page } from "../test.ts";

const contoso = "0c0c0c0c-0000-4000-8000-000000000001";

/** Begins to connect the customer as the signed-in admin, and opens the page on which its administrator consents. */
async function openConsent(page: Page, customer: string) {
  const address = await page.evaluate(async (path) => {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
    return (await answer.json()).consent_url;
  }, `/api/v1/customers/${customer}/connection`);
  await page.goto(address);
  await page.getByLabel("Account").fill("admin@contoso.onmicrosoft.com");
  await page.getByLabel("Password").fill("Stand-in-Admin-1");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("RoleManagement.ReadWrite.Directory")).toBeVisible();
}

test("an administrator's consent connects the customer", async ({ page, signedIn }) => {
  await signedIn({ roles: ["admin"] });
  await openConsent(page, contoso);
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(page.getByRole("heading", { name: "Connect Contoso" })).toBeVisible();
  await expect(page.getByText("Connected. Accounts are made in contoso.onmicrosoft.com.")).toBeVisible();
  expect(page.url(), "the state is not in the address bar").toBe(`${addresses.portal}/connect`);
});

test("a cancelled consent connects nothing and says so", async ({ page, portal, signedIn }) => {
  await signedIn({ roles: ["admin"] });
  await openConsent(page, contoso);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(portal.problem).toContainText("The consent was cancelled");
});

test("an answer that was forged is refused", async ({ page, portal, signedIn }) => {
  await signedIn({ roles: ["admin"] });
  await page.goto(`${addresses.portal}/connect?admin_consent=True&tenant=22222222-2222-4222-8222-222222222222&state=${contoso}.${"A".repeat(43)}`);
  await expect(portal.problem).toContainText("This consent was not begun here");
});
