import { useSyncExternalStore } from "react";

// The session can end while somebody works. Whatever then fails waits here until they have signed in again, in place,
// and goes on as if nothing had happened.

let over: { promise: Promise<void>; resolve: () => void; reject: (why: unknown) => void } | undefined;
const listeners = new Set<() => void>();
const tell = () => { for (const l of listeners) l(); };

/** Resolves once the person has signed in again; everybody who asks meanwhile waits for the same. */
export function signedInAgain(): Promise<void> {
  if (!over) {
    over = Promise.withResolvers<void>();
    tell();
  }
  return over.promise;
}

/** The person has signed in again: what waits goes on. */
export function resume() {
  over?.resolve();
  over = undefined;
  tell();
}

/** Whether the session is over and the page waits for the person. */
export function useSessionOver(): boolean {
  return useSyncExternalStore((l) => {
    listeners.add(l);
    return () => listeners.delete(l);
  }, () => over !== undefined);
}
