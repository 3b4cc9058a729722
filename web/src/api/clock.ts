import { useSyncExternalStore } from "react";

// The reader's clock may be wrong; deadlines are the server's. Its Date header has whole seconds, so that a difference
// below two seconds says nothing.
let ahead = 0; // ms by which the server's clock is ahead of ours

export function noteServerTime(response: Response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  const difference = date - Date.now();
  ahead = Math.abs(difference) < 2000 ? 0 : difference;
}

/** The present by the server's clock, in ms. */
export const now = () => Date.now() + ahead;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let second = Math.floor(now() / 1000);

function tick() {
  second = Math.floor(now() / 1000);
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  timer ??= setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick); // timers sleep in hidden tabs
  return () => {
    listeners.delete(tell);
    if (listeners.size) return;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
    timer = undefined;
  };
}

/** The present in ms by the server's clock, renewed every second: one timer serves the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => (timer ? second : (second = Math.floor(now() / 1000)))) * 1000;
}
