import { createParser } from "eventsource-parser";
import { useSyncExternalStore } from "react";
import type { QueryClient } from "@tanstack/react-query";
import { send } from "./client";
import { keys, type Grant } from "./queries";
import { Problem } from "./problem";

// One stream per page feeds the query cache, so that every screen is live without knowing of it.

export type Connection = "connecting" | "live" | "lost";

const again = 1000; // ms until the next attempt after the connection was lost
const silence = 40_000; // ms; the server says something every 15 s, so that a longer silence is a dead connection

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

/** Follows the grants until stop: reads the stream, comes back after it breaks, and misses nothing in between. */
export async function follow(cache: QueryClient, stop: AbortSignal) {
  let last = "";
  while (!stop.aborted) {
    try {
      await read(cache, stop, last, (id) => { last = id; });
      if (!stop.aborted) become("connecting"); // the server closed it in good order
    } catch (problem) {
      if (stop.aborted) return;
      become("lost");
      if (problem instanceof Problem && problem.kind === "role-required") return;
    }
    await pause(again, stop);
  }
}

async function read(cache: QueryClient, stop: AbortSignal, last: string, seen: (id: string) => void) {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), silence);
  const headers: Record<string, string> = last ? { "Last-Event-ID": last } : {};
  try {
    const response = await send(new Request("/api/v1/events", { headers, cache: "no-store", signal: AbortSignal.any([stop, quiet.signal]) }));
    if (connection === "lost") void cache.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.live[0] });
    become("live");
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        take(cache, event ?? "", JSON.parse(data));
        if (id) seen(id);
      },
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), silence);
      parser.feed(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

function take(cache: QueryClient, event: string, data: unknown) {
  if (event === "snapshot") {
    const { grants } = data as { grants: Grant[] };
    cache.setQueryData(keys.live, grants);
    for (const g of grants) keep(cache, g);
    void cache.invalidateQueries({ queryKey: keys.history });
  } else if (event === "grant") {
    takeGrant(cache, data as Grant);
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

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
    window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
