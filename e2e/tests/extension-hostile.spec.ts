import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audited, expect, extensionID, test } from "../extension.ts";
import { accessible } from "../badge.ts";
import { caught, hold, launched, login, serve, trap } from "../hostile.ts";
import { addresses } from "../stage.ts";

// no-audit-no-secret and right-tenant, on pages that want the credential and must not have it. Each leaves a record.

test.use({ held: true });

// An address that the extension may not see is all that it can say of it. Once it may see every place of Microsoft's, it can say that
// this is none of them.
const lookAlikes = [
  { host: "https://login.microsoft0nline.com", seesSites: false, reason: "unseen" },
  { host: "https://login.microsoftonline.com.evil.example", seesSites: true, reason: "elsewhere" },
];

for (const { host, seesSites, reason } of lookAlikes) {
  test.describe(seesSites ? "where the badge is on" : "where the badge is off", () => {
    test.use({ seesSites });

    // Firefox asks before it lets the extension see the sites: there the badge is off.
    test(`a look-alike gets nothing, and the record says ${reason}: ${host}`, { tag: seesSites ? [] : ["@firefox"] }, async ({ extension, portal, signedIn }) => {
      const { tab, account, tenant } = await launched(extension, portal, signedIn);
      await serve(extension.context, new RegExp(`^${host}/`), trap(account));
      await tab.goto(`${host}/${tenant}/login`);
      await portal.page.bringToFront();
      expect(await caught(tab)).toEqual([]);
      await tab.close();
      await expect.poll(() => audited(portal, "launch.reported")).toMatchObject([{ outcome: "stopped", reason }]);
      expect(await audited(portal, "credential.filled")).toEqual([]);
    });
  });
}

test.describe("a look-alike that stays open", () => {
  test.use({ seesSites: false });

  test("the technician is warned of it before long", async ({ extension, portal, signedIn }) => {
    test.slow(); // half a minute by the browser's own alarm
    const { tab, popup, account, tenant } = await launched(extension, portal, signedIn);
    await serve(extension.context, /^https:\/\/login\.microsoft0nline\.com\//, trap(account));
    await tab.goto(`https://login.microsoft0nline.com/${tenant}/login`);
    await expect(popup.getByRole("alert")).toContainText("Look at its address before you type anything.", { timeout: 60_000 });
    await expect.poll(() => audited(portal, "launch.reported")).toMatchObject([{ outcome: "stopped", reason: "unseen" }]);
    expect(await caught(tab)).toEqual([]);
  });
});

test("a tab that goes on while its page is being followed is no forgery", async ({ extension, portal, signedIn }) => {
  const { tab, popup, account, tenant } = await launched(extension, portal, signedIn);
  const background = await extension.background();
  // The script that follows the page comes when the tab shows the admin centre: it waits for that.
  await background.evaluate(() => {
    const { scripting, tabs } = (globalThis as any).chrome, run = scripting.executeScript;
    scripting.executeScript = async (what: { target: { tabId: number } }) => {
      scripting.executeScript = run;
      await tabs.update(what.target.tabId, { url: "https://portal.azure.com/" });
      while ((await tabs.get(what.target.tabId)).status !== "complete" || !(await tabs.get(what.target.tabId)).url.startsWith("https://portal.azure.com/")) await new Promise((later) => setTimeout(later, 20));
      return run(what).finally(() => { (globalThis as any).followed = true; });
    };
  });
  await serve(extension.context, /^https:\/\/portal\.azure\.com\//, "<!doctype html><title>Quiet</title>");
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account));
  await tab.goto(`${login}/${tenant}/login`);
  await expect.poll(() => background.evaluate("globalThis.followed")).toBe(true);
  await expect(tab).toHaveTitle("Quiet");
  await tab.goto(`${login}/${tenant}/login`);
  await expect.poll(() => audited(portal, "credential.filled"), "the launch goes on").toHaveLength(1);
  await expect.poll(async () => (await audited(portal, "launch.reported")).map(({ outcome }) => outcome)).toEqual(["filled"]);
  await expect(popup.getByRole("alert")).toBeHidden();
});

test("the sign-in page in a frame gets nothing, and the record says so", { tag: "@firefox" }, async ({ extension, portal, signedIn }) => {
  const { tab, popup, account, tenant } = await launched(extension, portal, signedIn);
  await serve(extension.context, /^https:\/\/evil\.example\//, `<iframe src="${login}/${tenant}/login"></iframe>`);
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account));
  await tab.goto("https://evil.example/");
  await expect(tab.frameLocator("iframe").locator("#displayName")).toHaveText(account);
  await expect.poll(() => audited(portal, "launch.reported")).toMatchObject([{ outcome: "stopped", step: "pass", reason: "framed", origin: login }]);
  expect(await caught(tab)).toEqual([]);
  await expect(popup.getByRole("alert")).toContainText("The sign-in page is inside of another page.");
  expect(await audited(portal, "credential.filled")).toEqual([]);
});

const stops: { name: string; path: (tenant: string) => string; account: (mine: string) => string; reason: string; said: string }[] = [
  { name: "of another tenant", path: () => "00000000-aaaa-bbbb-cccc-000000000001", account: (mine) => mine, reason: "other_tenant", said: "The page belongs to another tenant." },
  { name: "of another account", path: (tenant) => tenant, account: () => "somebody@contoso.onmicrosoft.com", reason: "other_account", said: "The page is about another account." },
  { name: "of no account", path: () => "common", account: () => "", reason: "other_account", said: "The page is about another account." },
];

for (const { name, path, account, reason, said } of stops) {
  test(`a page of Microsoft's ${name} gets nothing, and the technician is told`, { tag: name === "of another account" ? ["@firefox"] : [] }, async ({ extension, portal, signedIn }) => {
    const held = await launched(extension, portal, signedIn);
    await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account(held.account)));
    await held.tab.goto(`${login}/${path(held.tenant)}/login`);
    await expect.poll(() => audited(portal, "launch.reported")).toMatchObject([{ outcome: "stopped", step: "pass", reason, origin: login }]);
    expect(await caught(held.tab)).toEqual([]);
    await expect(held.popup.getByRole("alert")).toContainText(said);
    expect(await audited(portal, "credential.filled")).toEqual([]);
  });
}

const tile = (account: string, shown = account) => `<div class="row tile"><div role="button" tabindex="0" data-test-id="${account}" onclick="window.log.push(this.dataset.testId)"><div><small>${shown}</small></div></div></div>`;
const another = '<div class="row tile"><div role="button" tabindex="0" id="otherTile" onclick="window.log.push(this.id)"><div id="otherTileText">Use another account</div></div></div>';
const somebody = "somebody@contoso.onmicrosoft.com";

const pickers: { name: string; tiles: (mine: string) => string; reason: string }[] = [
  { name: "that has neither the account nor a way to another", tiles: () => tile(somebody), reason: "other_account" },
  { name: "whose tile says the account and shows another", tiles: (mine) => tile(mine, somebody) + another, reason: "unknown_page" },
  { name: "whose tile shows the account and says another", tiles: (mine) => tile(somebody, mine) + another, reason: "unknown_page" },
  { name: "with the account twice", tiles: (mine) => tile(mine) + tile(mine) + another, reason: "unknown_page" },
];

for (const { name, tiles, reason } of pickers) {
  test(`an account picker ${name} stops`, async ({ extension, portal, signedIn }) => {
    const { tab, account, tenant } = await launched(extension, portal, signedIn);
    await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, `<!doctype html><title>Sign in to your account</title><script>window.log = [];</script><div id="tilesHolder">${tiles(account)}</div>`);
    await tab.goto(`${login}/${tenant}/login`);
    await expect.poll(() => audited(portal, "launch.reported")).toMatchObject([{ outcome: "stopped", step: "picker", reason, origin: login }]);
    expect(await caught(tab), "nothing was pressed").toEqual([]);
  });
}

test("Microsoft's error stops, with its number", async ({ extension, portal, signedIn }) => {
  const { tab, popup, account, tenant } = await launched(extension, portal, signedIn);
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account).replace("<form", "<p id=exceptionMessageContainer>Your account is locked. (AADSTS50057)</p><form"));
  await tab.goto(`${login}/${tenant}/login`);
  await expect.poll(() => audited(portal, "launch.reported")).toMatchObject([{ outcome: "stopped", step: "error", reason: "microsoft_error", code: "50057" }]);
  await expect(popup.getByRole("alert")).toContainText("Your account is locked.");
  expect(await caught(tab)).toEqual([]);
});

test("a script in the page reads nothing before the task in which the step is submitted, and nothing keeps the credential", async ({ extension, portal, signedIn }) => {
  const { tab, account, tenant } = await launched(extension, portal, signedIn);
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account));
  await tab.goto(`${login}/${tenant}/login`);
  await expect.poll(async () => (await caught(tab)).map(({ what }) => what)).toContain("submit");
  const seen = await caught(tab);
  // The field's value is the page's own from then on: Microsoft's script has to read it, and any other script there could.
  const submitted = seen.find(({ what }) => what === "submit")!.task;
  expect(Math.min(...seen.map(({ task }) => task)), "filled and submitted in one task").toBe(submitted);
  expect(seen.map(({ what }) => what).slice(0, 4)).toEqual(["input", "change", "click", "submit"]);

  const secret = seen[0].value;
  expect(secret.length).toBeGreaterThanOrEqual(8);
  const background = await extension.background();
  const kept = await background.evaluate(`(async () => {
    const stored = [await chrome.storage.session.get(null), await chrome.storage.local.get(null)];
    const open = indexedDB.open("hourglass");
    await new Promise((done) => { open.onsuccess = done; });
    const all = open.result.transaction("pairing").objectStore("pairing").getAll();
    await new Promise((done) => { all.onsuccess = done; });
    const extractable = all.result[0].keys.privateKey.extractable;
    return { text: JSON.stringify([...stored, all.result]), extractable };
  })()`) as { text: string; extractable: boolean };
  expect(kept.text).toContain("refreshToken");
  expect(kept.text, "in no storage").not.toContain(secret);
  expect(kept.extractable, "the key cannot be copied").toBe(false);
});

test("a ticket that was redeemed gives nothing again", async ({ extension, portal, signedIn }) => {
  const { tab, popup, account, tenant } = await launched(extension, portal, signedIn);
  const background = await extension.background();
  const before = await background.evaluate("chrome.storage.session.get('launches')");
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account));
  await tab.goto(`${login}/${tenant}/login`);
  await expect.poll(() => audited(portal, "credential.filled")).toHaveLength(1);
  await background.evaluate(`chrome.storage.session.set(${JSON.stringify(before)})`); // as it was: with the ticket that is used now
  await tab.goto(`${login}/${tenant}/login?again`);
  await expect.poll(async () => (await audited(portal, "launch.reported")).at(-1)).toMatchObject({ outcome: "stopped", reason: "refused" });
  expect(await caught(tab)).toEqual([]);
  await expect(popup.getByRole("alert")).toContainText("Hourglass did not give the credential.");
  expect(await audited(portal, "fill.refused")).toHaveLength(1);
  expect(await audited(portal, "credential.filled")).toHaveLength(1);
});

test("a message forged by a page, by another extension or in another's name does nothing", async ({ extension, portal, signedIn }) => {
  const { tab, account, tenant, popup } = await launched(extension, portal, signedIn);
  const fill = { kind: "fill", says: { step: "pass", account } };

  // A page has no way to the background: not Microsoft's, not the portal.
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, "<!doctype html><title>Quiet</title>");
  await tab.goto(`${login}/${tenant}/login`);
  for (const page of [tab, portal.page]) expect(await page.evaluate("typeof globalThis.chrome?.runtime?.sendMessage")).toBe("undefined");

  // The extension's own pages are not the sign-in page.
  expect(await popup.evaluate((message) => (globalThis as any).chrome.runtime.sendMessage(message), fill)).toBeNull();
  expect(await popup.evaluate(() => (globalThis as any).chrome.runtime.sendMessage({ kind: "constructor", says: {} }))).toBeNull();
  await expect.poll(() => audited(portal, "launch.reported")).toMatchObject([{ outcome: "stopped", reason: "forged_message" }]);

  // The portal's page may ask for a launch only after a press.
  const refused = portal.page.evaluate(() => new Promise((resolve) => {
    document.addEventListener("hourglass:refused", (event) => resolve((event as CustomEvent).detail.reason));
    setTimeout(() => document.dispatchEvent(new CustomEvent("hourglass:launch", { detail: { grant: "00000000-aaaa-bbbb-cccc-000000000001", destination: "entra" } })), 6000);
  }));
  expect(await refused).toBe("not_pressed");
  expect(await audited(portal, "credential.filled")).toEqual([]);
});

test.describe("beside another extension", () => {
  const other = mkdtempSync(join(tmpdir(), "hourglass-other-"));
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, "manifest.json"), JSON.stringify({ manifest_version: 3, name: "Other", version: "1", background: { service_worker: "b.js" } }));
  writeFileSync(join(other, "b.js"), "");
  test.use({ others: [other] });

  test("its messages reach nobody", async ({ extension, portal, signedIn }) => {
    const { account } = await launched(extension, portal, signedIn);
    await extension.background();
    const theirs = extension.context.serviceWorkers().find((worker) => !worker.url().includes(extensionID))!;
    const answer = await theirs.evaluate(`chrome.runtime.sendMessage("${extensionID}", { kind: "fill", says: { step: "pass", account: "${account}" } }).then(JSON.stringify, String)`);
    expect(answer).toContain("Receiving end does not exist");
    expect(await audited(portal, "credential.filled")).toEqual([]);
  });
});

test("a removed pairing fills nothing more", async ({ extension, portal, signedIn }) => {
  const { tab, popup, account, tenant } = await launched(extension, portal, signedIn);
  const { browsers } = await (await portal.page.request.get(`${addresses.portal}/api/v1/me/browsers`)).json() as { browsers: { id: string }[] };
  expect((await portal.page.request.delete(`${addresses.portal}/api/v1/me/browsers/${browsers[0].id}`)).status()).toBe(204);
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account));
  await tab.goto(`${login}/${tenant}/login`);
  const background = await extension.background();
  await expect.poll(() => background.evaluate("chrome.storage.session.get('launches').then(({ launches }) => Object.values(launches)[0].stopped?.reason)")).toBe("browser_removed");
  expect(await caught(tab)).toEqual([]);
  await popup.reload();
  await expect(popup.getByText("This browser is not paired")).toBeVisible();
  expect(await audited(portal, "credential.filled")).toEqual([]);
  expect(await audited(portal, "browser.removed")).toHaveLength(1);
  expect((await audited(portal, "browser.refused")).length).toBeGreaterThan(0);
});

for (const { name, again } of [{ name: "with the ticket of the launch", again: false }, { name: "with a further ticket", again: true }]) {
  test(`a grant that is revoked while the credential is being asked for gives none: ${name}`, async ({ extension, portal, signedIn }) => {
    const { tab, grant, account, tenant } = await launched(extension, portal, signedIn);
    await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account));
    if (again) {
      await tab.goto(`${login}/${tenant}/login`);
      await expect.poll(async () => (await audited(portal, "launch.reported")).map(({ outcome }) => outcome)).toEqual(["filled"]);
    }
    const filled = await audited(portal, "credential.filled");
    const held = await hold(extension, "/extension/fills");
    await tab.goto(`${login}/${tenant}/login?held`);
    await held.reached();
    await grant.getByRole("button", { name: "End now" }).click();
    await expect(portal.state(grant)).not.toHaveText("Active");
    await held.letGo();
    await expect.poll(() => accessible(tab), "the page says why").toContain("The access is over.");
    expect(await caught(tab)).toEqual([]);
    await expect.poll(() => audited(portal, "fill.refused")).toMatchObject([{ reason: "grant_not_active", origin: login, step: "pass" }]);
    await expect.poll(async () => (await audited(portal, "launch.reported")).filter(({ outcome }) => outcome === "stopped")).toMatchObject([{ reason: "grant_over", step: "pass" }]);
    expect(await audited(portal, "credential.filled"), "no more than before").toEqual(filled);
  });
}

test("a grant that ended before its page came fills nothing", async ({ extension, portal, signedIn }) => {
  const { tab, grant, account, tenant } = await launched(extension, portal, signedIn);
  const told = extension.context.waitForEvent("page");
  await grant.getByRole("button", { name: "End now" }).click();
  await expect(portal.state(grant)).toHaveText("Off");
  await expect((await told).getByRole("heading", { name: "Access at Contoso has ended" })).toBeVisible();
  await serve(extension.context, /^https:\/\/login\.microsoftonline\.com\//, trap(account));
  await tab.goto(`${login}/${tenant}/login`);
  expect(await caught(tab)).toEqual([]);
  expect(await audited(portal, "credential.filled")).toEqual([]);
  await expect.poll(() => tab.isClosed(), "its tab is closed").toBe(true);
});
