import { browser } from "wxt/browser";
import { signInOrigins } from "./microsoft/origins";
import { placePatterns } from "./microsoft/places";
import { pairing } from "./pairing/vault";
import { patternOf, settings } from "./settings";

type Script = { id: string; js: string[]; matches: string[] };

/** Registers the scripts for the sites that are only known later: the portal's, and Microsoft's admin sites while the badge is on. */
export async function showSites(): Promise<void> {
  const mine = await pairing();
  const { badge } = await settings();
  const wanted: Script[] = [
    { id: "portal", js: ["portal.js"], matches: mine ? [patternOf(mine.portal)] : [] },
    { id: "badge", js: ["badge.js"], matches: mine && badge ? await granted(placePatterns) : [] },
  ];
  await browser.scripting.unregisterContentScripts();
  await browser.scripting.registerContentScripts(wanted.filter(({ matches }) => matches.length > 0)
    .map((script) => ({ ...script, allFrames: false, runAt: "document_end", persistAcrossSessions: true })));
}

/** Tells portal pages that are open already that the extension is there now. */
export async function greetPortal(): Promise<void> {
  const mine = await pairing();
  if (!mine) return;
  for (const { id } of await browser.tabs.query({ url: patternOf(mine.portal) })) {
    if (id !== undefined) await browser.scripting.executeScript({ target: { tabId: id }, files: ["/portal.js"] }).catch(() => undefined); // it was closed
  }
}

/** What a launch has to see: Microsoft's sign-in pages and the portal. */
export const neededPatterns = (portal: string) => [...signInOrigins.map(patternOf), patternOf(portal)];

/** Whether the browser lets the extension see what a launch needs: people can take that back in the list of extensions. */
export const seesEnough = (portal: string) => browser.permissions.contains({ origins: neededPatterns(portal) });

/** Those of the patterns that the person has allowed. */
async function granted(patterns: readonly string[]): Promise<string[]> {
  const allowed = await Promise.all(patterns.map((pattern) => browser.permissions.contains({ origins: [pattern] })));
  return patterns.filter((_, i) => allowed[i]);
}
