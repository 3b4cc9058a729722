import { expect, test } from "../test.ts";

const may = [{ profile: "Help desk", customer: "Contoso" }];

test("a double click asks once", async ({ portal, page, signedIn }) => {
  await signedIn({ may });
  const requests: string[] = [];
  page.on("request", (r) => { if (r.method() === "POST" && r.url().endsWith("/api/v1/grants")) requests.push(r.url()); });
  await portal.askUsual("Contoso").dblclick();
  const grant = portal.grant("Help desk", "Contoso");
  await expect(portal.state(grant)).toHaveText("Active");
  await expect(portal.live).toHaveCount(1);
  expect(requests).toHaveLength(1);

  await grant.getByRole("button", { name: "End now" }).dblclick();
  await expect(portal.state(grant)).toHaveText("Off");
  await expect(portal.problem).toBeHidden();
});

test("two tabs that ask at the same time get one grant and a clear answer", async ({ portal, signedIn }) => {
  await signedIn({ may });
  const second = await portal.secondTab();
  for (const tab of [portal, second]) await tab.ask("Help desk", "Contoso");
  await portal.send();
  await expect(portal.request).toBeHidden();
  await second.send();
  await expect(second.request).toContainText("You have a live grant at this customer");
  await expect(second.request).toContainText("Use it, or return it and wait until it has ended.");
  await second.request.getByRole("button", { name: "Cancel" }).click();
  for (const tab of [portal, second]) {
    await expect(tab.live).toHaveCount(1);
    await expect(tab.state(tab.grant("Help desk", "Contoso"))).toHaveText("Active");
  }
});
