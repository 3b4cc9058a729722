import { chromium } from "@playwright/test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lighthouse, { desktopConfig } from "lighthouse";
import { Portal } from "../../portal.ts";
import { addPerson, addresses } from "../../stage.ts";
import { expect, test } from "../../test.ts";

const least = 95; // of 100, in each category
const categories = ["performance", "accessibility", "best-practices"] as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

test(`Lighthouse gives every screen at least ${least}`, async ({}, info) => {
  test.setTimeout(600_000);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "hourglass-lighthouse-"));
  const options = info.project.use.launchOptions!;
  const browser = await chromium.launchPersistentContext(folder, { ...options, args: [...options.args!, `--remote-debugging-port=${port}`] });
  try {
    const portal = await Portal.withSecurityKey(await browser.newPage());
    await portal.enrol(await addPerson({ name: "Grace", handle: "lighthouse", roles: ["technician", "approver", "admin"], may: [{ profile: "Help desk", customer: "Contoso" }, { profile: "Help desk", customer: "Fabrikam" }] }));
    const grant = (await (await portal.obtain("Help desk", "Contoso")).getAttribute("id"))!.replace("grant-", "/grants/");
    for (const screen of ["/", grant, "/history", "/approvals", "/passkeys", "/admin", "/sign-in"]) {
      const result = await lighthouse(addresses.portal + screen, { port, output: "html", onlyCategories: [...categories], disableStorageReset: true }, desktopConfig);
      await writeFile(info.outputPath(`${screen.slice(1).replaceAll("/", "-") || "home"}.html`), result!.report as string);
      const scores = categories.map((name) => Math.round(100 * (result!.lhr.categories[name]!.score ?? 0)));
      console.log(screen.slice(0, 12).padEnd(12), categories.map((name, i) => `${name} ${scores[i]}`).join(", "));
      for (const [i, name] of categories.entries()) {
        const lost = result!.lhr.categories[name]!.auditRefs.map(({ id }) => result!.lhr.audits[id]!).filter(({ score }) => score !== null && score < 0.9).map(({ id }) => id);
        expect.soft(scores[i], `${screen}: ${name} (${lost.join(", ")})`).toBeGreaterThanOrEqual(least);
      }
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
});
