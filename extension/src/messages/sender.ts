import { originOf, signInOrigin } from "../microsoft/origins";
import { places } from "../microsoft/places";
import type { Party } from "./protocol";

/** What a browser says about the sender of a message; the sender has no say in it. */
export type Sender = { id?: string; url?: string; frameId?: number; tab?: { id?: number }; documentLifecycle?: string };

/** What the extension knows of itself; home is where its own pages are, such as chrome-extension://abc/. */
export type Self = { readonly id: string; readonly home: string; readonly portal?: string };

/**
 * Which party sent a message; undefined for everybody else: other extensions, frames, pages that are not shown, and scripts of
 * ours on a page that has meanwhile become another one.
 */
export function partyOf(sender: Sender, self: Self): Party | undefined {
  if (sender.id !== self.id) return undefined;
  if (sender.url?.startsWith(self.home)) return "own";
  if (sender.tab?.id === undefined || sender.frameId !== 0 || (sender.documentLifecycle ?? "active") !== "active") return undefined;
  const origin = originOf(sender.url);
  if (signInOrigin(sender.url)) return "sign-in";
  if (origin !== undefined && origin === self.portal) return "portal";
  return origin !== undefined && Object.values(places).some(({ origins }) => origins.includes(origin)) ? "place" : undefined;
}
