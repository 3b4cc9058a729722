import { browser } from "wxt/browser";
import type { From } from "../messages/answer";
import { mismatch } from "../microsoft/match";
import { signInOrigin } from "../microsoft/origins";
import { api, body } from "../portal/client";
import { Trouble } from "../portal/trouble";
import { launchOf, setLaunch, takeTicket, type Launch, type Reason, type Report, type Stop } from "./launches";
import { settled } from "./open";
import { showStops } from "./stops";

/** What a sign-in page is told when it is one that a launch waits for; framed: it is inside of another page and gets nothing. */
export type Assignment = { readonly userName: string; readonly credential: "pass" | "password"; readonly framed: boolean };

/** More than this asks nobody for a credential in one sign-in. */
const fillsAtMost = 3;

/** A sign-in page is there: where a launch waits for it, it is followed. */
export async function here({ tab, frame, document, party }: From): Promise<void> {
  await settled();
  const launch = await launchOf(tab);
  if (!launch || launch.stopped) return;
  if (party === "framed" && (launch.filled || launch.signedIn)) return; // who is signed in meets the place's own frames
  // Into the very document that spoke: the tab may show another one by now.
  const target = document ? { tabId: tab, documentIds: [document] } : { tabId: tab, frameIds: [frame] };
  await browser.scripting.executeScript({ target, files: ["/follow.js"] })
    .catch((gone: unknown) => console.info("a sign-in page went away:", gone));
}

/** What the page in a tab has to do with a launch. */
export async function begin({ tab, party }: From): Promise<Assignment | null> {
  const launch = await launchOf(tab);
  if (!launch || launch.stopped) return null;
  const framed = party === "framed";
  if (!framed) await setLaunch(launch.id, { shows: "sign-in", signedIn: false });
  return { userName: launch.userName, credential: launch.credential, framed };
}

type Page = { readonly tab: number; readonly address: string };

/** The credential for a page that asks for it, or why it does not get it. Whoever gets it fills it and keeps nothing. */
export async function fill({ tab, address }: Page, step: "pass" | "password", account: string): Promise<{ secret: string } | { stop: Stop }> {
  const launch = await launchOf(tab);
  if (!launch || launch.stopped) return { stop: { reason: "refused" } };
  const wrong = mismatch(launch, { address, account });
  if (wrong) return { stop: await stop(launch, { reason: wrong, saw: wrong === "other_account" ? account : undefined }, step, address) };
  if (launch.filled >= fillsAtMost) return { stop: await stop(launch, { reason: "asked_again" }, step, address) };
  try {
    const server = await api();
    const ticket = (await takeTicket(launch.id)) ?? (await body(server.POST("/api/v1/extension/launches/{launch_id}/tickets", { params: { path: { launch_id: launch.id } } }))).ticket;
    await setLaunch(launch.id, { filled: launch.filled + 1 });
    const origin = signInOrigin(address) ?? "";
    const filled = await body(server.POST("/api/v1/extension/fills", { body: { ticket, origin, user_name: account, step } }));
    if (filled.step !== step || mismatch(launch, { address, account: filled.user_name })) return { stop: await stop(launch, { reason: "other_account" }, step, address) };
    return { secret: filled.secret };
  } catch (thrown) {
    const trouble = Trouble.of(thrown);
    return { stop: await stop(launch, { reason: reasonOf(trouble), saw: trouble.said }, step, address) };
  }
}

/** Why a fill was refused, by the kind of the problem. */
const reasons: Readonly<Record<string, Reason>> = { unpaired: "browser_removed", "token-refused": "browser_removed", "state-conflict": "grant_over", "grant-over": "grant_over" };
const reasonOf = (trouble: Trouble): Reason => reasons[trouble.kind] ?? "refused";

/** Writes down what the page's script did. */
export async function told({ tab, address }: Page, report: Pick<Report, "outcome" | "step">): Promise<void> {
  const launch = await launchOf(tab);
  if (launch) await send(launch, { ...report, origin: signInOrigin(address) });
}

/** Writes down why the page's script stopped. */
export async function stopped({ tab, address }: Page, why: Stop, step: Report["step"], code?: string): Promise<void> {
  const launch = await launchOf(tab);
  if (launch && !launch.stopped) await stop(launch, why, step, address, code);
}

/** Fills nothing more for a launch, tells why, and writes it down. */
export async function stop(launch: Launch, why: Stop, step: Report["step"], address?: string, code?: string): Promise<Stop> {
  await setLaunch(launch.id, { stopped: why });
  await showStops();
  await send(launch, { outcome: "stopped", step, reason: why.reason, origin: signInOrigin(address), code });
  return why;
}

/** Sends a report; one that does not arrive stops nothing, the server has its own records of every fill. */
export async function send(launch: Launch, report: Report): Promise<void> {
  try {
    await (await api()).POST("/api/v1/extension/launches/{launch_id}/reports", { params: { path: { launch_id: launch.id } }, body: report });
  } catch (thrown) {
    console.info("a report was not taken:", Trouble.of(thrown).kind);
  }
}
