import { addresses } from "../stage.ts";
import { expect, test } from "../test.ts";

// The web interface complains in the console of what it was refused, and of its own.
test.use({ expected: /\/api\/v1\/codec\/|codec|localhost:\d+\/_app\/|Failed to load resource|svelte/i });

test("Temporal's web UI shows a grant readable to an admin, and its credential sealed", async ({ portal, page, signedIn }) => {
  await signedIn({ name: "Ada", roles: ["admin", "technician"], may: [{ profile: "Help desk", customer: "Contoso" }] });
  const credential = await portal.reveal(await portal.obtain("Help desk", "Contoso"));
  const secret = credential["Temporary Access Pass"] ?? credential["Password"];
  expect(secret, "something to look for").toBeTruthy();
  await portal.hide();

  const temporal = await page.context().newPage();
  const readable: string[] = []; // everything that the web UI is told
  temporal.on("response", async (answer) => {
    if (!answer.url().endsWith("/codec/decode") || answer.request().method() !== "POST" || !answer.ok()) return;
    for (const { data } of (await answer.json()).payloads) readable.push(Buffer.from(data, "base64").toString());
  });
  await temporal.goto(`${addresses.temporalUI}/namespaces/default/workflows`);
  await temporal.getByRole("link", { name: /^jit\// }).first().click();
  const content = temporal.locator("#content");
  await expect(content.getByText("Codec Server could not connect"), "nobody reads without a session").toBeVisible();
  await expect(content).not.toContainText("Help desk at");

  // What compose.yaml sets for everybody (TEMPORAL_CODEC_INCLUDE_CREDENTIALS), a person can set in the browser.
  await temporal.getByTestId("data-encoder-status-error").click();
  await temporal.getByRole("button", { name: /Use Cluster-level setting/ }).click();
  await temporal.getByText("Use my browser setting and ignore Cluster-level setting").click();
  await temporal.getByPlaceholder("Paste your endpoint here").fill(`${addresses.portal}/api/v1/codec`);
  // By keyboard: what is below the fold of this panel cannot be reached by mouse.
  await temporal.getByRole("switch", { name: "Include cross-origin credentials" }).press("Space");
  await temporal.getByRole("button", { name: "Apply" }).press("Enter");

  await temporal.reload();
  await expect(content).toContainText('"GrantID"');
  await expect(content.getByText("Codec Server could not connect")).toBeHidden();
  await temporal.getByRole("tab", { name: /User Metadata/ }).click();
  await expect(content, "the steps say what they do").toContainText("then set a fresh password, enable it, issue the pass");
  await expect(content).toContainText("Access until 20");

  await temporal.getByRole("tab", { name: /^History/ }).click();
  await temporal.getByRole("button", { name: "JSON" }).click();
  await expect.poll(() => readable.join("\n"), "the sealed credential is among what is shown").toContain('"Sealed"');
  expect(readable.join("\n")).not.toContain(secret);
  expect(await temporal.content()).not.toContain(secret);
});
