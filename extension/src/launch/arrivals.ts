import { browser } from "wxt/browser";
import { originOf, signInOrigin } from "../microsoft/origins";
import { isAt, placePatterns, type Place } from "../microsoft/places";
import { arrive, launches, launchOf, setLaunch, type Launch, type Sight } from "./launches";
import { send, stop } from "./steps";

// A tab that has shown the same page for so long without a sign-in page is where it will stay: places load first, and then send
// their visitors to sign in. In minutes; browsers know no shorter alarm.
const longEnough = 0.5;
const settling = "settle:";

/** A tab has loaded something; the address is absent where the extension may not see it. */
export async function loaded(tab: number, address: string | undefined): Promise<void> {
  const launch = await launchOf(tab);
  if (!launch || launch.signedIn || launch.stopped) return;
  const shows = await sight(launch.place, address);
  await setLaunch(launch.id, { shows });
  if (shows === "sign-in") return void (await browser.alarms.clear(settling + launch.id));
  if (launch.filled === 0) return browser.alarms.create(settling + launch.id, { delayInMinutes: longEnough });
  // After a fill, what is no sign-in page is the place that was wanted; where the address can be seen, the record has it.
  if (await arrive(launch.id)) await send(launch, { outcome: "signed_in", step: "none", origin: originOf(address) });
}

async function sight(place: Place, address: string | undefined): Promise<Sight> {
  if (signInOrigin(address)) return "sign-in";
  if (address) return isAt(place, address) ? "place" : "elsewhere";
  // Who may see every place and sees nothing, is at none of them.
  return (await browser.permissions.contains({ origins: [...placePatterns] })) ? "elsewhere" : "unseen";
}

/** An alarm went off: returns false unless it was one of these. */
export async function settle(alarm: string): Promise<boolean> {
  const launch = (await launches()).find(({ id }) => settling + id === alarm);
  if (launch) await conclude(launch);
  return alarm.startsWith(settling);
}

/** The launch's tab stays at a page, or is closed, without anything having been filled: says what was seen. */
export async function conclude(launch: Launch): Promise<void> {
  if (launch.filled || launch.stopped || launch.signedIn) return;
  if (launch.shows === "place" || (launch.shows === "unseen" && await isSignedIn(launch))) {
    await arrive(launch.id);
    await send(launch, { outcome: "already_signed_in", step: "none" });
  } else if (launch.shows === "unseen" || launch.shows === "elsewhere") await stop(launch, { reason: launch.shows }, "none");
}

/** Whether another tab was signed in with the same access and the same cookies. */
const isSignedIn = async ({ id, grant, jar }: Launch) =>
  (await launches()).some((other) => other.id !== id && other.grant === grant && other.jar === jar && other.signedIn);

/** The launch's tab was closed. Where nothing was filled, somebody may have been led elsewhere: that is written down. */
export async function left(launch: Launch): Promise<void> {
  const early = await browser.alarms.clear(settling + launch.id);
  if (launch.shows === undefined || launch.shows === "sign-in" || (launch.shows === "place" && early)) {
    if (!launch.filled && !launch.stopped && !launch.signedIn) await send(launch, { outcome: "stopped", step: "none", reason: "left" });
  } else await conclude(launch);
}
