import { useSyncExternalStore } from "react";
import { tabs } from "./tabs";

// The session can end while somebody works. Whatever then fails waits here until they have signed in again, in place,
// and goes on as if nothing had happened. All tabs share the session: the first that notices tells the others.

let over: { promise: Promise<void>; resolve: () => void } | undefined;
const listeners = new Set<() => void>();
const tell = () => { for (const l of listeners) l(); };

/** Resolves once the person has signed in again; everybody who asks meanwhile waits for the same. */
export function signedInAgain(): Promise<void> {
  if (!over) {
    wait();
    tabs.tell("session-over");
  }
  return over!.promise;
}

function wait() {
  over ??= Promise.withResolvers<void>();
  tell();
}

/** Asks for the passkey when another tab does, until the function that it returns is called. */
export const followOtherTabs = () => tabs.on("session-over", wait);

/** The person has signed in again: what waits goes on. */
export function resume() {
  over?.resolve();
  over = undefined;
  tell();
}

/** Whether the session is over and the page waits for the person. */
export const sessionOver = () => over !== undefined;

/** As sessionOver, for what is drawn. */
export function useSessionOver(): boolean {
  return useSyncExternalStore((l) => {
    listeners.add(l);
    return () => listeners.delete(l);
  }, sessionOver);
}
