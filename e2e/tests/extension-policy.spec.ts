import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, extensionID, test } from "../extension.ts";
import { addresses } from "../stage.ts";

// What an organization sets, as docs/extension-deploy.md says. Chromium reads policies below /etc alone: there, for this browser alone,
// stands a folder of the test's own. Nothing is left behind, and no other browser sees it.

const etc = "/etc/chromium";
const apart = ["--map-root-user", "--mount"];
const possible = spawnSync("unshare", [...apart, "mount", "--bind", tmpdir(), etc]).status === 0;

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "hourglass-policy-"));
    mkdirSync(join(folder, "policies", "managed"), { recursive: true });
    const set = { portal: addresses.portal, sessions: "window", badge: true };
    writeFileSync(join(folder, "policies", "managed", "hourglass.json"), JSON.stringify({ "3rdparty": { extensions: { [extensionID]: set } } }));
    const start = join(folder, "start");
    writeFileSync(start, `#!/bin/sh\nexec unshare ${apart.join(" ")} sh -c 'mount --bind ${folder} ${etc} && exec "$0" "$@"' ${launchOptions.executablePath} "$@"\n`);
    chmodSync(start, 0o755);
    await use({ ...launchOptions, executablePath: start });
    rmSync(folder, { recursive: true, force: true });
  },
});

test.skip(!possible, `no folder can be put in the place of ${etc} here`);

test("the organization sets the portal, how access is opened, and the badge", async ({ extension, portal, signedIn }) => {
  await signedIn({ may: [{ profile: "Help desk", customer: "Contoso" }] });
  const settings = await extension.settings();
  const address = settings.getByLabel("The portal's address");
  await expect(address).toHaveValue(addresses.portal);
  await expect(address).toBeDisabled();
  await expect(settings.getByText("Set by your organization.")).toBeVisible();
  const window = settings.getByRole("radio", { name: "In a window of its own, with this browser's cookies" });
  await expect(window).toBeChecked();
  await expect(window).toBeDisabled();
  const badge = settings.getByRole("checkbox", { name: /^Show on Microsoft/ });
  await expect(badge).toBeChecked();
  await expect(badge).toBeDisabled();

  const pairing = await extension.opens(() => settings.getByRole("button", { name: "Pair this browser" }).click());
  await portal.lendKeyTo(pairing);
  await pairing.getByRole("button", { name: "Pair this browser" }).click();
  await expect(settings.getByText(/^Paired with localhost/)).toBeVisible();
  await portal.obtain("Help desk", "Contoso");
  const popup = await extension.popup();
  const centre = await extension.opens(() => popup.getByRole("button", { name: "Open Entra at Contoso" }).click());
  await expect(centre.locator("#tenant")).toHaveText("Contoso");
});
