import { expect, openFromPopup, standIn, test } from "../extension.ts";
import { FirefoxExtension } from "../firefox.ts";

// What only Firefox has. What is the same in every browser is marked @firefox where it stands, and runs here, too.

test("two customers at the same time, each in a container that goes with its last tab", { tag: "@firefox" }, async ({ extension, portal, signedIn }) => {
  const firefox = extension as FirefoxExtension;
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }, { profile: "Help desk", customer: "Fabrikam" }] });
  await extension.pair(portal);
  await portal.obtain("Help desk", "Contoso");
  await portal.obtain("Help desk", "Fabrikam");
  const contoso = await openFromPopup(extension, "Contoso"), fabrikam = await openFromPopup(extension, "Fabrikam");
  expect(await firefox.containers()).toEqual(["Contoso", "Fabrikam"]);
  await contoso.reload();
  await expect(standIn(contoso).tenant).toHaveText("Contoso");
  await expect(standIn(fabrikam).tenant).toHaveText("Fabrikam");

  const popup = await extension.popup();
  await popup.getByLabel("Where to go at Contoso").selectOption({ label: "Microsoft 365" });
  const places = [];
  for (const customer of ["Contoso", "Fabrikam"]) {
    const place = await extension.opens(() => popup.getByRole("button", { name: `Open Microsoft 365 at ${customer}` }).click());
    await expect(standIn(place).tenant, "a place with one account per browser").toHaveText(customer);
    places.push(place);
  }
  expect(await firefox.containers(), "one for each customer").toEqual(["Contoso", "Fabrikam"]);

  for (const tab of [contoso, places[0]!]) await tab.close();
  await expect.poll(() => firefox.containers()).toEqual(["Fabrikam"]);
  await fabrikam.reload();
  await expect(standIn(fabrikam).tenant).toHaveText("Fabrikam");
  const closed = fabrikam.waitForEvent("close");
  await popup.getByRole("button", { name: "End access at Fabrikam" }).click();
  await popup.getByRole("button", { name: "End access at Fabrikam" }).click(); // it asks whether one is sure
  await closed;
  await expect.poll(() => firefox.containers()).toEqual([]);
});

test("the badge is shown once Firefox was allowed to, and what a person takes back is asked for again", { tag: "@firefox" }, async ({ extension, portal, signedIn }) => {
  const firefox = extension as FirefoxExtension;
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  await extension.pair(portal);
  await portal.obtain("Help desk", "Contoso");
  const settings = await extension.settings();
  const badge = settings.getByRole("checkbox", { name: /^Show on Microsoft/ });
  await badge.click();
  await firefox.answer("Deny");
  await expect(badge).not.toBeChecked();
  await badge.click();
  await firefox.answer("Allow");
  await expect(badge).toBeChecked();
  const centre = await openFromPopup(extension, "Contoso");
  await expect.poll(() => firefox.overlay(settings)).toMatch(/Contoso\W: \d+ (h|min)/);
  expect(await centre.content(), "the page does not see it").not.toContain("left");

  await firefox.takeBack();
  const popup = await extension.popup();
  await popup.getByRole("button", { name: "Open Entra at Contoso" }).click();
  await expect(popup.getByRole("alert")).toContainText("Allow that in the extension's settings.");
  const again = await extension.settings();
  await again.getByRole("button", { name: "Allow", exact: true }).click();
  await firefox.answer("Allow");
  await expect(again.getByText("The extension may not see what it needs")).toBeHidden();
  await openFromPopup(extension, "Contoso");
});
