import { useSyncExternalStore } from "react";
import type { QueryClient } from "@tanstack/react-query";
import { keys, type Grant } from "./queries";
import { follow as share, type Connection } from "./shared";
import type { Told } from "./stream";

// The live updates feed the query cache, so that every screen is live without knowing of it.

let connection: Connection = "connecting";
const listeners = new Set<() => void>();

function become(next: Connection) {
  if (next === connection) return;
  connection = next;
  for (const tell of listeners) tell();
}

/** Whether the page is told of changes as they happen. */
export function useConnection(): Connection {
  return useSyncExternalStore((l) => {
    listeners.add(l);
    return () => listeners.delete(l);
  }, () => connection);
}

/** Follows the live updates of a person with these roles until stop: comes back after they break, and misses nothing in between. */
export async function follow(cache: QueryClient, who: { id: string; roles: readonly string[] }, stop: AbortSignal) {
  const access = newReread(cache);
  await share(`hourglass.live ${who.id} ${who.roles.join()}`, stop, {
    told: (what) => take(cache, what, access),
    connected: become,
    again: () => void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.live[0] }),
    refused: () => void cache.invalidateQueries({ queryKey: keys.me }),
    soFar() {
      const grants = cache.getQueryData<Grant[]>(keys.live);
      return grants && { grants };
    },
  });
}

const together = 250; // ms; an import changes the access of one person many times at once

/** Has everything read again that says who the person is and what they may ask for, once for all that comes together. */
function newReread(cache: QueryClient) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setTimeout(() => {
      due = false;
      void cache.invalidateQueries({ queryKey: keys.me });
      void cache.invalidateQueries({ queryKey: keys.access });
    }, together);
  };
}

function take(cache: QueryClient, { event, data }: Told, access: () => void) {
  if (event === "snapshot") {
    const { grants } = data as { grants: Grant[] };
    cache.setQueryData(keys.live, grants);
    for (const g of grants) keep(cache, g);
    void cache.invalidateQueries({ queryKey: keys.history });
  } else if (event === "grant") {
    takeGrant(cache, data as Grant);
  } else if (event === "access") {
    access();
  }
}

type Change = (before: Grant, after: Grant) => void;
const watchers = new Set<Change>();

/** Calls back with every change of a grant's state until the function that it returns is called. */
export function onStateChange(then: Change): () => void {
  watchers.add(then);
  return () => watchers.delete(then);
}

/** Puts a grant's newest state wherever it is shown. One that is older than what is known changes nothing. */
export function takeGrant(cache: QueryClient, g: Grant) {
  const before = cache.getQueryData<Grant>(keys.grant(g.id)) ?? cache.getQueryData<Grant[]>(keys.live)?.find(({ id }) => id === g.id);
  if (before && before.revision > g.revision) return;
  cache.setQueryData(keys.grant(g.id), g);
  cache.setQueryData<Grant[]>(keys.live, (live) => {
    const others = (live ?? []).filter(({ id }) => id !== g.id);
    return g.state === "ended" ? others : [g, ...others];
  });
  if (before && before.state !== g.state) for (const tell of watchers) tell(before, g);
  if (g.state === "ended" || !before) {
    void cache.invalidateQueries({ queryKey: keys.history });
    void cache.invalidateQueries({ queryKey: keys.access });
  }
}

function keep(cache: QueryClient, g: Grant) {
  cache.setQueryData<Grant>(keys.grant(g.id), (known) => (known && known.revision > g.revision ? known : g));
}
