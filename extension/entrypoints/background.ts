import { browser } from "wxt/browser";
import { defineBackground } from "wxt/utils/define-background";
import { loaded } from "../src/launch/arrivals";
import { alarm, close, closed, compare, end, watch } from "../src/launch/endings";
import { removeLeftContainers } from "../src/launch/jars";
import { followTab, leave, sessionOf } from "../src/launch/launches";
import { open, settled } from "../src/launch/open";
import { begin, fill, here, stopped, told } from "../src/launch/steps";
import { locked, memory } from "../src/memory";
import { listen } from "../src/messages/answer";
import type { Refusal, Where } from "../src/messages/protocol";
import { pair, unpair } from "../src/pairing/pair";
import { pairing } from "../src/pairing/vault";
import { isLive, refreshGrants, serverNow } from "../src/portal/grants";
import { Trouble } from "../src/portal/trouble";
import { showSites } from "../src/sites";

// Listeners only, all of them registered at once: the browser starts this anew whenever one of them is called for.
export default defineBackground(() => {
  listen({
    here: (_, page) => here(page).then(() => null),
    begin: (_, page) => begin(page),
    fill: ({ step, account }, page) => fill(page, step, account),
    told: (report, page) => told(page, report).then(() => null),
    stopped: ({ stop, step, code }, page) => stopped(page, stop, step, code).then(() => null),
    hello: async () => ((await pairing()) ? { version: browser.runtime.getManifest().version } : null),
    launch: ({ grant, place }) => attempt(async () => {
      await open(grant, place);
      void watch();
    }),
    where: (_, { tab }) => where(tab),
    end: async ({ grant }, { party, tab }) => attempt(async () => end(party === "own" && grant ? grant : await grantOf(tab))),
    extend: async ({ grant }, { party, tab }) => {
      const mine = await pairing();
      if (mine) await browser.tabs.create({ url: `${mine.portal}/grants/${party === "own" && grant ? grant : await grantOf(tab)}` });
      return null;
    },
    refresh: () => attempt(async () => {
      await refreshGrants();
      await compare();
    }),
    close: ({ grant }) => close(grant).then(() => null),
    pair: ({ portal, name }) => attempt(() => pair(portal, name)),
    unpair: () => unpair().then(() => null),
    sites: () => showSites().then(() => null),
  });

  browser.tabs.onCreated.addListener((tab) => {
    if (tab.id !== undefined && tab.openerTabId !== undefined) void followTab(tab.id, tab.openerTabId);
  });
  browser.tabs.onUpdated.addListener((tab, { status }, { url }) => {
    if (status === "loading") inOrder(tab, () => leave(tab));
    if (status === "complete") inOrder(tab, () => settled().then(() => loaded(tab, url)));
  });
  browser.tabs.onRemoved.addListener((tab) => inOrder(tab, () => closed(tab)));
  browser.alarms.onAlarm.addListener(({ name }) => void alarm(name));
  browser.permissions.onAdded.addListener(() => void showSites());
  browser.permissions.onRemoved.addListener(() => void showSites());
  browser.runtime.onInstalled.addListener(() => void showSites());
  browser.runtime.onStartup.addListener(() => void removeLeftContainers());
});

// One after the other: a tab that is closed has shown what it showed, even where that is still being noted.
const inOrder = (tab: number, what: () => Promise<void>) => void locked(`tab ${tab}`, what);

async function attempt(what: () => Promise<void>): Promise<Refusal | null> {
  try {
    await what();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof Trouble)) console.error(thrown);
    const { kind, said } = Trouble.of(thrown);
    return { refused: kind, said };
  }
}

async function grantOf(tab: number): Promise<string> {
  const launch = await sessionOf(tab);
  if (!launch) throw new Trouble("not_live");
  return launch.grant;
}

async function where(tab: number): Promise<Where | null> {
  await settled();
  const launch = await sessionOf(tab), seen = await memory.get("seen");
  const grant = seen?.grants.find((one) => one.id === launch?.grant);
  if (!seen || !isLive(grant, serverNow(seen))) return null;
  return { customer: grant.customer, expires_at: grant.expires_at, warn_at: grant.warn_at, extendable: grant.extendable, ahead: seen.ahead };
}
