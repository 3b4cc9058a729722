import { account, addCustomer, disturb } from "../stage.ts";
import { expect, test } from "../test.ts";

test("NOT OFF is shown while Microsoft refuses, and ends when it no longer does", async ({ portal, signedIn }) => {
  const tenant = await addCustomer("Wingtip", "wingtip.onmicrosoft.com");
  await signedIn({ may: [{ profile: "User administration", customer: "Wingtip" }] });
  await portal.ask("User administration", "Wingtip");
  await portal.request.getByLabel("Reason").fill("Printer");
  await portal.send();
  const grant = portal.grant("User administration", "Wingtip");
  await expect(portal.state(grant)).toHaveText("Active");
  const userName = (await grant.locator("code").textContent())!;

  const relent = await disturb({ tenant, kind: "refuse", status: 503, method: "PATCH", path: "^/users/" });
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(portal.state(grant)).toHaveText("NOT OFF");
  await expect(grant).toContainText("The account may still be on.");
  await expect(grant.getByRole("button")).toHaveCount(0);
  await expect(portal.askUsual("Wingtip")).toBeHidden();
  const [red, , blue] = await portal.state(grant).evaluate((node) => getComputedStyle(node).backgroundColor.match(/\d+/g)!.map(Number));
  expect(red, "it is red").toBeGreaterThan(blue + 100);
  await expect.poll(async () => (await account(tenant, userName)).roles, "what can be taken away is").toEqual([]);
  expect((await account(tenant, userName)).accountEnabled).toBe(true);
  await expect(portal.state(grant), "it is not called off before it is").toHaveText("NOT OFF");

  await relent();
  await expect(portal.state(grant)).toHaveText("Off", { timeout: 40_000 });
  expect((await account(tenant, userName)).accountEnabled).toBe(false);
});

test("the states and the steps of a grant appear as they happen", async ({ portal, page, signedIn }) => {
  const tenant = await addCustomer("Tailspin", "tailspin.onmicrosoft.com");
  await disturb({ tenant, kind: "delay", delay: "300ms" }); // as far away as Microsoft is
  await signedIn({ may: [{ profile: "Help desk", customer: "Tailspin" }] });
  await page.evaluate(() => {
    const states: string[] = [], steps: string[] = [];
    (window as any).seen = { states, steps };
    const note = (list: string[], now?: string | null) => { if (now && list.at(-1) !== now) list.push(now); };
    new MutationObserver(() => {
      note(states, document.querySelector("article [data-state]")?.textContent);
      note(steps, document.querySelector("[data-step=now]")?.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const grant = await portal.obtain("Help desk", "Tailspin");
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(portal.state(grant)).toHaveText("Off");
  const { states, steps } = await page.evaluate(() => (window as any).seen);
  expect({ states: states.filter((state: string) => state !== "Requested"), steps }, "whether the request itself is seen is a matter of milliseconds").toEqual({
    states: ["Being set up", "Active", "NOT OFF", "Off"],
    steps: ["The account at the customer: under way", "A fresh credential: under way", "The profile's roles: under way"],
  });
});
