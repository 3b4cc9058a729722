import { locked, memory } from "../memory";
import type { Place } from "../microsoft/places";
import type { Wanted } from "../microsoft/match";
import type { components } from "../portal/schema.gen";
import type { Jar } from "./kinds";

export type Report = components["schemas"]["ExtensionReport"];
export type Reason = NonNullable<Report["reason"]>;

/** Why nothing more is filled, and what the page said. */
export type Stop = { readonly reason: Reason; readonly saw?: string };

/**
 * What a tab shows, as far as the extension may see: a sign-in page, the place that was wanted, something else, or what it may not
 * see. The sites' addresses are hidden from it unless the badge is on.
 */
export type Sight = "sign-in" | "place" | "elsewhere" | "unseen";

/** One opening of a place with a grant's account, bound to the tab that was opened for it. */
export type Launch = Wanted & {
  readonly id: string;
  readonly grant: string;
  readonly place: Place;
  readonly credential: "pass" | "password";
  /** The only tab that is filled. */
  readonly tab: number;
  /** That tab and those that were opened from it. */
  readonly tabs: readonly number[];
  readonly jar: Jar;
  /** Redeems one fill; worthless without this browser's key. */
  readonly ticket?: string;
  /** How many credentials were filled. */
  readonly filled: number;
  /** What the tab shows now; absent while it loads. */
  readonly shows?: Sight;
  readonly signedIn: boolean;
  readonly warned: boolean;
  readonly stopped?: Stop;
};

/** How long the tabs of ended access stay open, so that somebody can copy what they typed. In ms. */
export const lastLook = 15_000;

export async function launches(): Promise<Launch[]> {
  return Object.values((await memory.get("launches")) ?? {});
}

/** The launch that a tab is bound to. */
export const launchOf = async (tab: number): Promise<Launch | undefined> => (await launches()).find((l) => l.tab === tab);

/** The launch to whose session a tab belongs. */
export const sessionOf = async (tab: number): Promise<Launch | undefined> => (await launches()).find((l) => l.tabs.includes(tab));

/** Changes the launches, one change at a time: the background may be started anew between any two events. */
function change(how: (all: Record<string, Launch>) => void): Promise<void> {
  return locked("launches", async () => {
    const all = (await memory.get("launches")) ?? {};
    how(all);
    await memory.set("launches", all);
  });
}

export const addLaunch = (launch: Launch) => change((all) => { all[launch.id] = launch; });
export const dropLaunch = (id: string) => change((all) => { delete all[id]; });
export const setLaunch = (id: string, with_: Partial<Launch>) => change((all) => { if (all[id]) all[id] = { ...all[id], ...with_ }; });

/** Takes the launch's ticket out: whoever calls is the only one who has it. */
export async function takeTicket(id: string): Promise<string | undefined> {
  let ticket: string | undefined;
  await change((all) => {
    const launch = all[id];
    if (!launch) return;
    ticket = launch.ticket;
    all[id] = { ...launch, ticket: undefined };
  });
  return ticket;
}

/** The tab begins to load something else. */
export function leave(tab: number): Promise<void> {
  return change((all) => {
    for (const launch of Object.values(all)) {
      if (launch.tab === tab) all[launch.id] = { ...launch, shows: undefined };
    }
  });
}

/** Notes that a launch's account is signed in; returns false where that was known. */
export async function arrive(id: string): Promise<boolean> {
  let anew = false;
  await change((all) => {
    const launch = all[id];
    if (!launch || launch.signedIn) return;
    anew = true;
    all[id] = { ...launch, signedIn: true };
  });
  return anew;
}

/** Counts a tab that was opened from another one into that one's session. */
export function followTab(tab: number, opener: number): Promise<void> {
  return change((all) => {
    for (const launch of Object.values(all)) {
      if (launch.tabs.includes(opener)) all[launch.id] = { ...launch, tabs: [...launch.tabs, tab] };
    }
  });
}

/** Forgets a closed tab, and launches without any; returns those of which the bound tab was closed, as they were. */
export async function forgetTab(tab: number): Promise<Launch[]> {
  const bound: Launch[] = [];
  await change((all) => {
    for (const launch of Object.values(all)) {
      if (launch.tab === tab) bound.push(launch);
      const tabs = launch.tabs.filter((other) => other !== tab);
      if (tabs.length) all[launch.id] = { ...launch, tabs };
      else delete all[launch.id];
    }
  });
  return bound;
}
