import { browser } from "wxt/browser";
import { memory } from "../memory";
import { api, body } from "../portal/client";
import { awaitChange, isLive, isNearEnd, refreshGrants, serverNow } from "../portal/grants";
import { Trouble } from "../portal/trouble";
import { conclude, left, settle } from "./arrivals";
import { emptyJar } from "./jars";
import { dropLaunch, forgetTab, launches, setLaunch, type Launch } from "./launches";
import { settled } from "./open";
import { send } from "./steps";
import { showStops } from "./stops";

// Where the window that counts the last look down was closed or never came, an alarm closes the tabs.
const lastLookAlarm = "close";

/** Compares the open sessions with the grants, and tells or closes what is near or past its end. */
export async function compare(): Promise<void> {
  const seen = await memory.get("seen");
  const open = await launches();
  const now = serverNow(seen);
  for (const grant of new Set(open.map((launch) => launch.grant))) {
    const session = open.filter((launch) => launch.grant === grant);
    const known = seen?.grants.find((one) => one.id === grant);
    const live = isLive(known, now);
    if (live && isNearEnd(known, now) && !session.some(({ warned }) => warned)) await tell(grant, session, true);
    if (live && !isNearEnd(known, now) && session.some(({ warned }) => warned)) await mark(session, false); // it was extended
    if (!live && seen && !seen.lost) await over(grant, session);
  }
}

async function over(grant: string, session: readonly Launch[]): Promise<void> {
  const alarm = `${lastLookAlarm}:${grant}`;
  if (await browser.alarms.get(alarm)) return; // it is being counted down
  await browser.alarms.create(alarm, { delayInMinutes: 0.5 });
  for (const launch of session) {
    await conclude(launch);
    if (!launch.stopped) await setLaunch(launch.id, { stopped: { reason: "grant_over" } });
  }
  await tell(grant, session, !session.some(({ warned }) => warned));
}

const mark = async (session: readonly Launch[], warned: boolean) => {
  for (const launch of session) await setLaunch(launch.id, { warned });
};

// A window of the extension's own: a notification may be silenced, and a page could imitate what stands inside of a page.
async function tell(grant: string, session: readonly Launch[], anew: boolean): Promise<void> {
  await mark(session, true);
  const address = `${browser.runtime.getURL("/ending.html")}?grant=${grant}`;
  const open = anew ? undefined : (await browser.runtime.getContexts?.({ contextTypes: ["TAB"] }))?.find(({ documentUrl }) => documentUrl === address);
  if (!open) await browser.windows.create({ url: address, type: "popup", focused: true, width: 460, height: 320 });
}

/** A tab was closed by hand: where it was a session's last one in its container, nobody comes back to that. */
export async function closed(tab: number): Promise<void> {
  await settled();
  const before = await launches();
  await Promise.all((await forgetTab(tab)).map(left));
  const kept = await launches();
  for (const jar of new Set(before.map((launch) => launch.jar))) {
    if (!kept.some((launch) => launch.jar === jar)) await emptyJar(jar);
  }
  await showStops();
}

/** Signs the sessions of a grant out at Microsoft and closes their tabs. */
export async function close(grant: string): Promise<void> {
  await browser.alarms.clear(`${lastLookAlarm}:${grant}`);
  const session = (await launches()).filter((launch) => launch.grant === grant);
  await Promise.all(session.map(async (launch) => {
    await dropLaunch(launch.id);
    if (launch.filled) await signOut(launch);
    await Promise.all(launch.tabs.map((tab) => browser.tabs.remove(tab).catch(() => undefined)));
  }));
  for (const jar of new Set(session.map((launch) => launch.jar))) await emptyJar(jar);
  await showStops();
}

const signOutAtMost = 5_000; // ms

/** Opens Microsoft's sign-out in a tab of the launch's and waits until it has answered. */
async function signOut(launch: Launch): Promise<void> {
  const first = launch.tabs[0]!; // the one that was opened may be closed by now
  const done = new Promise<void>((resolve) => {
    const listener = (tab: number, changed: { status?: string }) => {
      if (tab !== first || changed.status !== "complete") return;
      browser.tabs.onUpdated.removeListener(listener);
      resolve();
    };
    browser.tabs.onUpdated.addListener(listener);
    setTimeout(resolve, signOutAtMost);
  });
  try {
    await browser.tabs.update(first, { url: `${launch.origins[0]}/${launch.tenant}/oauth2/v2.0/logout` });
  } catch {
    return; // the tab is gone
  }
  await done;
  await send(launch, { outcome: "signed_out", step: "none" });
}

/** Ends a grant because its technician says so, and closes its tabs at once. */
export async function end(grant: string): Promise<void> {
  await body((await api()).POST("/api/v1/extension/grants/{id}/end", { params: { path: { id: grant } } }));
  await close(grant);
  await refreshGrants();
}

let watching = false;

/** Follows the grants while a session is open. The browser may stop the background at any time; an alarm calls this again. */
export async function watch(): Promise<void> {
  if (watching) return;
  watching = true;
  try {
    while ((await launches()).length) {
      await awaitChange();
      await plan();
      await compare();
    }
  } catch (thrown) {
    console.info("following the grants paused:", Trouble.of(thrown).kind);
  } finally {
    watching = false;
  }
  await plan();
}

const tick = "tick";

/** Sets the alarms: one for each warning and end, one that goes on watching. */
async function plan(): Promise<void> {
  const open = await launches();
  if (!open.length) return void (await browser.alarms.clear(tick));
  const seen = await memory.get("seen");
  await browser.alarms.create(tick, { delayInMinutes: 0.5, periodInMinutes: 0.5 });
  for (const grant of seen?.grants ?? []) {
    if (!open.some((launch) => launch.grant === grant.id)) continue;
    for (const at of [grant.warn_at, grant.expires_at]) {
      const when = at ? Date.parse(at) - (seen?.ahead ?? 0) : 0;
      if (when > Date.now()) await browser.alarms.create(`at:${at}`, { when: when + 100 });
    }
  }
}

/** An alarm went off. */
export async function alarm(name: string): Promise<void> {
  if (name.startsWith(`${lastLookAlarm}:`)) return close(name.slice(lastLookAlarm.length + 1));
  if (await settle(name)) return;
  await compare();
  await watch();
}
