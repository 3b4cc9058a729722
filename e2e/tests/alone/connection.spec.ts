import { hourglass, product } from "../../stage.ts";
import { expect, test, type Page } from "../../test.ts";
import { told } from "../../told.ts";

test.describe("the product is killed while its page is open", () => {
  test.use({ expected: /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/ });

  test("the page says that the connection is lost, and heals", async ({ portal, page, signedIn }) => {
    await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
    const grant = await portal.obtain("Help desk", "Contoso");
    const tab = await portal.secondTab();
    await product("kill");
    const lost = (page: Page) => page.getByText("The connection to Hourglass is lost.");
    await told("connection lost", () => expect(lost(page)).toBeVisible());
    await told("the same, in the second tab", () => expect(lost(tab.page)).toBeVisible());
    await grant.getByRole("button", { name: "End now" }).click();
    await expect(grant.locator("[data-part=problem]")).toContainText("Hourglass cannot be reached");

    await product("start");
    await told("connection healed", () => expect(lost(page)).toBeHidden());
    await told("the same, in the second tab", () => expect(lost(tab.page)).toBeHidden());
    await grant.getByRole("button", { name: "End now" }).click();
    await expect(portal.state(grant)).toHaveText("Off");
    await expect(portal.problem).toBeHidden();
  });
});

test("the audit log of everything that was done verifies", async () => {
  expect(await hourglass("audit", "verify")).toContain("the audit log is whole");
});
