import { expect, type BrowserContext, type Page } from "@playwright/test";
import { addresses } from "./stage.ts";

/** The stand-in's admin centre in another tab, as the technician opens it. */
export class AdminCentre {
  private constructor(readonly page: Page) {}

  /** Signs in through the real two-step page, with the pass where there is one; pasted: from the clipboard. */
  static async signIn(context: BrowserContext, credential: Record<string, string>, pasted?: "pasted", { adminCentre } = addresses): Promise<AdminCentre> {
    const page = await context.newPage();
    await page.goto(adminCentre);
    await page.getByLabel("Enter your email, phone, or Skype.").fill(credential["User name"]);
    await page.getByRole("button", { name: "Next" }).click();
    const pass = credential["Temporary Access Pass"];
    const field = page.getByLabel(pass ? "Enter your Temporary Access Pass" : "Enter the password");
    await expect(field).toBeFocused();
    if (pasted) await page.keyboard.press("ControlOrMeta+V");
    else await field.fill(pass ?? credential["Password"]);
    await expect(field).toHaveValue(pass ?? credential["Password"]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "No" }).click(); // not to stay signed in
    await expect(page).toHaveTitle(/Admin centre/);
    return new AdminCentre(page);
  }

  async expectSession(userName: string, tenant: string, roles: string) {
    await expect(this.page.locator("#upn")).toHaveText(userName);
    await expect(this.page.locator("#tenant")).toHaveText(tenant);
    await expect(this.page.locator("#roles")).toHaveText(roles);
  }

  async expectRevoked() {
    await expect(this.page.getByRole("heading", { name: "Your session was revoked; sign in again" })).toBeVisible();
  }
}
