import { browser } from "wxt/browser";
import { placeNames, type Place } from "./microsoft/places";
import { originOf } from "./microsoft/origins";

/** How the sessions of customers are kept apart. */
export type Sessions = "auto" | "container" | "private" | "window";

export type Settings = {
  /** The portal's origin. */
  portal?: string;
  sessions: Sessions;
  badge: boolean;
  /** Where the technician went last. */
  place: Place;
  /** Which of them the organization has set. */
  managed: readonly string[];
};

/** What may be set by the organization; public/managed.json describes the same to the browser. */
const byPolicy = ["portal", "sessions", "badge"] as const;

const ways: readonly Sessions[] = ["auto", "container", "private", "window"];

/** The settings: the organization's, then the person's, then the defaults. */
export async function settings(): Promise<Settings> {
  const managed = await byOrganization();
  const own = await browser.storage.local.get(["portal", "sessions", "badge", "place"]);
  const both = { ...own, ...managed };
  return {
    portal: portalOrigin(both.portal),
    sessions: ways.find((way) => way === both.sessions) ?? "auto",
    badge: both.badge === true,
    place: placeNames.find((name) => name === both.place) ?? "entra",
    managed: byPolicy.filter((name) => name in managed),
  };
}

const patience = 500; // ms

// Without a policy Firefox rejects instead of answering with nothing. Chromium 156 never answers what it is asked before it has
// read its policies, in the first second after its start: it is asked again.
async function byOrganization(): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 10; tries++) {
    const asked: Promise<Record<string, unknown>> = browser.storage.managed.get([...byPolicy]).catch(() => ({}));
    const answer = await Promise.race([asked, new Promise<undefined>((resolve) => setTimeout(resolve, patience))]);
    if (answer) return answer;
  }
  return {};
}

export function change(changed: Partial<Omit<Settings, "managed">>): Promise<void> {
  return browser.storage.local.set(changed);
}

/** The origin of a portal's address: by https, or on this machine. */
export function portalOrigin(address: unknown): string | undefined {
  const origin = typeof address === "string" ? originOf(address.trim()) : undefined;
  if (origin === undefined) return undefined;
  const { protocol, hostname } = new URL(origin);
  return protocol === "https:" || (protocol === "http:" && hostname === "localhost") ? origin : undefined;
}

/** An origin as a match pattern: ports have no place in it, those who use it compare the whole origin. */
export function patternOf(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
