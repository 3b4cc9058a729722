import { useSyncExternalStore } from "react";

let said = "";
const listeners = new Set<() => void>();

/** Tells those who listen to the page instead of looking at it. */
export function announce(text: string) {
  said = text;
  for (const tell of listeners) tell();
}

/** Where the words of announce are read from. There is one, in the root. */
export function Announcer() {
  const text = useSyncExternalStore((l) => {
    listeners.add(l);
    return () => listeners.delete(l);
  }, () => said);
  return <div role="status" className="unseen">{text}</div>;
}
