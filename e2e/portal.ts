import { expect, type Locator, type Page } from "@playwright/test";
import { addresses } from "./stage.ts";

/** The portal as a person with a security key uses it: by what is written on it. */
export class Portal {
  private constructor(readonly page: Page) {}

  /** Puts a security key that verifies its user within reach of the page; it holds no passkey yet. */
  static async withSecurityKey(page: Page): Promise<Portal> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
        isUserVerified: true, automaticPresenceSimulation: true,
      },
    });
    return new Portal(page);
  }

  /** The same person's portal in another tab, out of the security key's reach. */
  async secondTab(): Promise<Portal> {
    const tab = new Portal(await this.page.context().newPage());
    await tab.page.goto(addresses.portal);
    await expect(tab.home).toBeVisible();
    return tab;
  }

  get home(): Locator { return this.page.getByRole("heading", { name: "Live grants" }); }
  get problem(): Locator { return this.page.locator("#problem"); }

  async enrol(link: string) {
    await this.page.goto(link);
    await this.page.getByLabel("A name for this passkey").fill("work laptop");
    await this.page.getByRole("button", { name: "Create the passkey" }).click();
    await expect(this.home).toBeVisible();
  }

  async signIn() {
    await this.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(this.home).toBeVisible();
  }

  /** The button that asks for the profile at the customer. */
  ask(profile: string, customer: string): Locator {
    return this.page.getByRole("button", { name: `Request ${profile} at ${customer}`, exact: true });
  }

  get request(): Locator { return this.page.locator("dialog#request"); }
  get credential(): Locator { return this.page.locator("dialog#credential"); }

  /** Asks for the profile at the customer and waits until access is active. */
  async obtain(profile: string, customer: string): Promise<Locator> {
    await this.ask(profile, customer).click();
    await this.request.getByRole("button", { name: "Request access" }).click();
    const grant = this.grant(profile, customer);
    await expect(this.state(grant)).toHaveText("Active");
    return grant;
  }

  /** The card of the newest grant of the profile at the customer. */
  grant(profile: string, customer: string): Locator {
    return this.page.locator("#grants, #ended").getByRole("listitem").filter({ has: this.page.getByRole("heading", { name: `${profile} at ${customer}`, exact: true }) }).first();
  }

  state(grant: Locator): Locator { return grant.locator(".state"); }

  /** Shows the credential and returns what it says, by name. */
  async reveal(grant: Locator): Promise<Record<string, string>> {
    await grant.getByRole("button", { name: "Show credential" }).click();
    await expect(this.credential).toBeVisible();
    const names = await this.credential.getByRole("term").allTextContents();
    const values = await this.credential.getByRole("definition").locator("code").allTextContents();
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  }

  async hide() {
    await this.credential.getByRole("button", { name: "Hide now" }).click();
    await expect(this.credential).toBeHidden();
  }
}
