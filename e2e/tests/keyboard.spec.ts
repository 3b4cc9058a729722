import { addPerson } from "../stage.ts";
import { expect, test } from "../test.ts";
import type { Locator } from "@playwright/test";

test("everything can be done with the keyboard alone", async ({ portal, page }) => {
  const { keyboard } = page;
  const tabTo = async (target: Locator) => {
    for (let presses = 0; presses < 40; presses++) {
      await keyboard.press("Tab");
      if (await target.evaluate((node) => node === document.activeElement)) return;
    }
    throw new Error(`Tab does not lead to ${target}`);
  };
  await page.goto(await addPerson({
    name: "Grace", handle: `k${crypto.randomUUID().slice(0, 8)}`, roles: ["technician"],
    may: [{ profile: "Help desk", customer: "Contoso" }, { profile: "Help desk", customer: "Northwind" }],
  }));
  await tabTo(page.getByLabel("A name for this passkey"));
  await keyboard.type("work laptop");
  await keyboard.press("Enter");
  await expect(portal.home).toBeVisible();

  await tabTo(page.getByRole("button", { name: /^Account of/ }));
  await keyboard.press("Enter");
  await expect(page.getByRole("menu").getByRole("menuitem").or(page.getByRole("menuitemradio")).first(), "the menu takes the focus").toBeFocused();
  await keyboard.press("End");
  await keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Sign out", exact: true })).toBeFocused();
  await keyboard.press("Enter");
  await expect(portal.signInButton).toBeFocused();
  await keyboard.press("Enter");
  await expect(portal.home).toBeVisible();

  await expect(portal.askUsual("Northwind")).toBeVisible();
  await keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Find a customer" })).toBeFocused();
  await keyboard.type("cont");
  await expect(portal.askUsual("Northwind")).toBeHidden();
  await keyboard.press("Enter");
  await expect(portal.askUsual("Contoso"), "from the search into the tiles").toBeFocused();
  await keyboard.press("ArrowRight");
  await expect(portal.choices("Contoso")).toBeFocused();
  await keyboard.press("Enter");
  await expect(portal.request.getByLabel("Access profile")).toBeFocused();
  await keyboard.press("Escape");
  await expect(portal.choices("Contoso")).toBeFocused();
  await keyboard.press("Space");
  await expect(portal.request.getByLabel("Access profile")).toBeFocused();
  await tabTo(portal.request.getByLabel("Reason"));
  await keyboard.type("Printer");
  await tabTo(portal.request.getByLabel("Ticket"));
  await keyboard.press("Enter");

  const grant = portal.grant("Help desk", "Contoso");
  await expect(portal.state(grant)).toHaveText("Active");
  await expect(grant, "the new grant has the focus").toBeFocused();
  const show = grant.getByRole("button", { name: "Show credential" });
  await tabTo(show);
  await keyboard.press("Enter");
  await expect(portal.credential).toBeVisible();
  await tabTo(portal.credential.getByRole("button", { name: "Copy Temporary Access Pass" }));
  await keyboard.press("Enter");
  await expect(portal.credential.getByRole("button", { name: "Copied" })).toBeVisible();
  await expect(page.getByRole("tooltip")).toBeVisible();
  await keyboard.press("Escape");
  await expect(portal.credential).toBeHidden();
  await expect(show, "the focus is back where it was").toBeFocused();

  await tabTo(grant.getByRole("button", { name: "End now" }));
  await keyboard.press("Enter");
  await expect(portal.state(grant)).toHaveText("Off");
  await expect(page.getByRole("status").filter({ hasText: "Help desk at Contoso is off." }), "told to those who listen").toBeAttached();
});
