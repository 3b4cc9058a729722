import { originOf, signInOrigin } from "../microsoft/origins";
import { places } from "../microsoft/places";
import type { Party } from "./protocol";

/** What a browser says about the sender of a message; the sender has no say in it. */
export type Sender = { id?: string; url?: string; frameId?: number; tab?: { id?: number }; documentId?: string; documentLifecycle?: string };

/** What the extension knows of itself; home is where its own pages are, such as chrome-extension://abc/. */
export type Self = { readonly id: string; readonly home: string; readonly portal?: string };

/**
 * Which party sent a message; undefined for everybody else: other extensions, frames of other pages, and scripts of ours on a page
 * that has meanwhile become another one. "away" is a party's page that is not shown yet, or not any more: nothing is done for it,
 * and nothing is wrong with it.
 */
export function partyOf(sender: Sender, self: Self): Party | "away" | undefined {
  if (sender.id !== self.id) return undefined;
  if (sender.url?.startsWith(self.home)) return "own";
  const party = sender.tab?.id === undefined ? undefined : partyAt(sender, self);
  return party && (sender.documentLifecycle ?? "active") !== "active" ? "away" : party;
}

function partyAt(sender: Sender, self: Self): Party | undefined {
  const origin = originOf(sender.url), top = sender.frameId === 0;
  if (signInOrigin(sender.url)) return top ? "sign-in" : "framed";
  if (!top) return undefined;
  if (origin !== undefined && origin === self.portal) return "portal";
  return origin !== undefined && Object.values(places).some(({ origins }) => origins.includes(origin)) ? "place" : undefined;
}
