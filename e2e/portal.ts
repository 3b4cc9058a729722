import { expect, type CDPSession, type Locator, type Page } from "@playwright/test";
import { addresses } from "./stage.ts";

type SecurityKey = { devtools: CDPSession; authenticatorId: string };

async function plugIn(page: Page): Promise<SecurityKey> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return { devtools, authenticatorId };
}

const withoutAutofill = (page: Page) => page.addInitScript(() => { PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false); });

/** The portal as a person with a security key uses it: by what is written on it. */
export class Portal {
  private constructor(readonly page: Page, private readonly key?: SecurityKey) {}

  /**
   * Puts a security key that verifies its user within reach of the page; it holds no passkey yet. The key answers without
   * being touched, and so the browser's autofill, which would use it at once, is out of the way unless it is wanted.
   */
  static async withSecurityKey(page: Page, autofill = false): Promise<Portal> {
    if (!autofill) await withoutAutofill(page);
    return new Portal(page, await plugIn(page));
  }

  /** Where a security key is within reach of every page of the browser. */
  static async withBrowsersKey(page: Page): Promise<Portal> {
    await withoutAutofill(page);
    return new Portal(page);
  }

  /** Puts the same security key within reach of another page, too: Chromium's imitation of one belongs to a page. */
  async lendKeyTo(page: Page) {
    if (!this.key) return;
    const lent = await plugIn(page);
    const { credentials } = await this.key.devtools.send("WebAuthn.getCredentials", { authenticatorId: this.key.authenticatorId });
    for (const credential of credentials) await lent.devtools.send("WebAuthn.addCredential", { authenticatorId: lent.authenticatorId, credential });
  }

  /** The same person's portal in another tab, out of the security key's reach. */
  async secondTab(): Promise<Portal> {
    const tab = new Portal(await this.page.context().newPage());
    await tab.page.goto(addresses.portal);
    await expect(tab.home).toBeVisible();
    return tab;
  }

  /** Where a technician starts. */
  get home(): Locator { return this.page.getByRole("heading", { name: "Live grants" }); }
  get problem(): Locator { return this.page.locator("[data-part=problem]"); }
  get signInButton(): Locator { return this.page.getByRole("button", { name: "Sign in with a passkey" }); }

  async enrol(link: string) {
    await this.page.goto(link);
    await this.page.getByLabel("A name for this passkey").fill("work laptop");
    await this.page.getByRole("button", { name: "Create the passkey" }).click();
    await expect(this.page.getByRole("button", { name: /^Account of/ })).toBeVisible();
  }

  async signIn() {
    await this.signInButton.click();
    await expect(this.home).toBeVisible();
  }

  async leave(way: "Sign out" | "Sign out everywhere") {
    await this.page.getByRole("button", { name: /^Account of/ }).click();
    await this.page.getByRole("menuitem", { name: way, exact: true }).click();
    await expect(this.signInButton, "it has left").toBeVisible();
  }

  /** The tile of a customer. */
  tile(customer: string): Locator {
    return this.page.locator("[data-customer]").filter({ has: this.page.getByRole("heading", { name: customer, exact: true }) });
  }

  /** The button that asks, by one press, for the usual profile at the customer. */
  askUsual(customer: string): Locator { return this.tile(customer).getByRole("button", { name: /^Request / }); }

  /** The button that opens every choice at the customer. */
  choices(customer: string): Locator { return this.page.getByRole("button", { name: `Other choices at ${customer}`, exact: true }); }

  get request(): Locator { return this.page.getByRole("dialog", { name: /^Request access at/ }); }
  get credential(): Locator { return this.page.getByRole("dialog", { name: /^(Credential for|Sign in at)/ }); }

  /** Opens the request for the profile at the customer. */
  async ask(profile: string, customer: string) {
    await this.choices(customer).click();
    await this.request.getByLabel("Access profile").selectOption({ label: profile });
  }

  async send() { await this.request.getByRole("button", { name: "Request access" }).click(); }

  /** Asks for the profile at the customer and waits until access is active. */
  async obtain(profile: string, customer: string): Promise<Locator> {
    await this.ask(profile, customer);
    await this.send();
    const grant = this.grant(profile, customer);
    await expect(this.state(grant)).toHaveText("Active");
    return grant;
  }

  /** The card of the newest grant of the profile at the customer. */
  grant(profile: string, customer: string): Locator {
    return this.page.getByRole("article", { name: `${profile} at ${customer}`, exact: true }).first();
  }

  /** Every card of a grant that has not ended. */
  get live(): Locator { return this.page.locator("article:not([data-state=ended])"); }

  state(grant: Locator): Locator { return grant.locator("[data-state]").first(); }

  /** Shows the credential and returns what it says, by name. */
  async reveal(grant: Locator, by: "Show credential" | "Open" = "Show credential"): Promise<Record<string, string>> {
    await grant.getByRole("button", { name: by }).click();
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
