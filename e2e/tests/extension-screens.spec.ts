import { accessible } from "../badge.ts";
import { expect, test } from "../extension.ts";
import { login, serve } from "../hostile.ts";
import { expectSound } from "../sound.ts";

test("the popup by keyboard, in light and dark; the badge says where one is", async ({ extension, portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }, { profile: "Help desk", customer: "Fabrikam" }] });
  const unpaired = await extension.popup();
  await expect(unpaired.getByRole("button", { name: "Pair this browser" })).toBeFocused();
  await expectSound(unpaired, "unpaired");
  await unpaired.close();
  await extension.pair(portal);
  await portal.obtain("Help desk", "Contoso");

  const settings = await extension.settings();
  await settings.getByRole("checkbox", { name: /^Show on Microsoft/ }).check();
  await expect(settings.getByRole("checkbox", { name: /^Show on Microsoft/ })).toBeChecked();
  await expectSound(settings, "settings");
  await settings.close();

  const popup = await extension.popup();
  await expect(popup.getByRole("button", { name: "Open Entra at Contoso" })).toBeVisible();
  await expect(popup.getByRole("timer")).toHaveText(/^\d+ (h|min) .* left$/);
  await expectSound(popup, "popup");
  await expect(popup.getByLabel("Search customers and grants")).toBeFocused();

  await popup.keyboard.type("fabr");
  await expect(popup.getByRole("button", { name: "Open Entra at Contoso" })).toBeHidden();
  const asked = await extension.opens(() => popup.keyboard.press("Enter").catch(() => undefined)); // the popup closes itself
  await expect(asked, "Enter asks for access at the only customer that fits").toHaveURL(/\?request=/);
  await asked.close();

  const again = await extension.popup();
  await expect(again.getByRole("button", { name: "Open Entra at Contoso" })).toBeVisible();
  await expect(again.getByLabel("Search customers and grants")).toBeFocused();
  await again.keyboard.press("ArrowDown");
  await expect(again.getByRole("button", { name: "Open Entra at Contoso" })).toBeFocused();
  const centre = await extension.opens(() => again.keyboard.press("Enter"));
  await expect(centre.locator("#tenant")).toHaveText("Contoso");
  // The page sees that something is there, not what: the rest is looked at in the browser's own tree.
  await expect.poll(() => accessible(centre)).toContainEqual(expect.stringMatching(/^\u2068Contoso\u2069: \d+ (h|min) .* left$/));
  expect(await centre.content()).not.toContain("left");
  if (process.env.LOOK) await centre.screenshot({ path: `${process.env.LOOK}/badge.png` });
});

test("a page of Microsoft's without a form pays less than 1 ms", async ({ page, extension }) => {
  await extension.background();
  await serve(page.context(), /^https:\/\/login\.microsoftonline\.com\//, "<!doctype html><title>Quiet</title><p>Nothing to fill</p>");
  const devtools = await page.context().newCDPSession(page);
  const took: number[] = [];
  for (let visit = 0; visit < 15; visit++) {
    const events: { name: string; dur?: number; args: { data?: { url?: string } } }[] = [];
    const collect = ({ value }: { value: object[] }) => { events.push(...(value as typeof events)); };
    devtools.on("Tracing.dataCollected", collect);
    await devtools.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["devtools.timeline", "v8"] } });
    await page.goto(`${login}/quiet?${visit}`, { waitUntil: "load" });
    const done = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
    await devtools.send("Tracing.end");
    await done;
    devtools.off("Tracing.dataCollected", collect);
    const ours = events.filter(({ name, args }) => name === "EvaluateScript" && args.data?.url?.startsWith("chrome-extension://"));
    expect(ours.length, "the script ran").toBeGreaterThan(0);
    took.push(ours.reduce((sum, { dur }) => sum + (dur ?? 0), 0) / 1000);
  }
  took.sort((a, b) => a - b);
  // Wall-clock time: what else runs on the machine is in the slower visits.
  const [quarter, median] = [took[Math.floor(took.length / 4)]!, took[Math.floor(took.length / 2)]!];
  console.log(`a page without a form: ${median.toFixed(2)} ms of the extension's script at the median of ${took.length} visits, ${took[0]!.toFixed(2)} to ${took.at(-1)!.toFixed(2)}`);
  expect(quarter).toBeLessThan(1);
});
