import { useSyncExternalStore } from "react";

// The Hourglass extension marks the page when it is paired, and is asked by events of the document (docs/extension.md). No
// ticket and no credential ever passes here.

const mark = "hourglassExtension"; // data-hourglass-extension, its value is the extension's version
const answersWithin = 8000; // ms; it asks the server before it answers

const isHere = () => document.documentElement.dataset[mark] !== undefined;

/** Whether the extension is there; it may come after the page. */
export function useExtension(): boolean {
  return useSyncExternalStore((tell) => {
    const watch = new MutationObserver(tell);
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-hourglass-extension"] });
    return () => watch.disconnect();
  }, isHere);
}

export const destinations = ["entra", "microsoft365", "exchange", "intune", "azure", "teams", "security"] as const;
export type Destination = (typeof destinations)[number];

const refusals = ["unpaired", "not_live", "occupied", "unreachable", "refused"] as const;
/** Why the extension did not sign in; `silent` where it said nothing that is known. */
export type LaunchRefusal = (typeof refusals)[number] | "silent";

/**
 * Asks the extension to sign in with a grant. It wants to be asked within a press: call it before anything is awaited.
 * Resolves to nothing once it has opened the sign-in.
 */
export function launch(grant: string, destination: Destination): Promise<LaunchRefusal | undefined> {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const done = (refused?: LaunchRefusal) => {
      stop.abort();
      clearTimeout(patience);
      resolve(refused);
    };
    const listen = (name: string, answer: (said: { grant?: unknown; reason?: unknown }) => void) => document.addEventListener(name, (event) => {
      const said: unknown = event instanceof CustomEvent ? event.detail : undefined;
      if (typeof said === "object" && said !== null && (said as { grant?: unknown }).grant === grant) answer(said);
    }, { signal: stop.signal });
    const patience = setTimeout(done, answersWithin, "silent");
    listen("hourglass:launched", () => done());
    listen("hourglass:refused", ({ reason }) => done(refusals.find((r) => r === reason) ?? "silent"));
    document.dispatchEvent(new CustomEvent("hourglass:launch", { detail: { grant, destination } }));
  });
}
