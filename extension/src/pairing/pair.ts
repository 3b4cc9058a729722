import { browser } from "wxt/browser";
import { api, body, forget, keepTokens } from "../portal/client";
import { refreshGrants } from "../portal/grants";
import { Trouble } from "../portal/trouble";
import { change } from "../settings";
import { greetPortal, showSites } from "../sites";
import { authorization, isDeclined } from "./oauth";
import { keepPairing, pairing } from "./vault";

/** Pairs this browser: the person confirms in the portal, with a passkey. */
export async function pair(portal: string, name: string): Promise<void> {
  const wanted = await authorization(portal, browser.identity.getRedirectURL(), name);
  let returned: string | undefined;
  try {
    returned = await browser.identity.launchWebAuthFlow({ url: wanted.address, interactive: true });
  } catch {
    throw new Trouble("pairing"); // the window was closed
  }
  try {
    const tokens = await wanted.finish(returned ?? "");
    await keepTokens({ portal, keys: wanted.keys, person: "", browser: name }, tokens);
  } catch (refusal) {
    if (!isDeclined(refusal)) console.warn("pairing failed:", refusal);
    throw new Trouble("pairing");
  }
  const me = await body((await api()).GET("/api/v1/extension/me"));
  const mine = await pairing();
  if (mine) await keepPairing({ ...mine, person: me.person.name, browser: me.browser.name });
  await change({ portal });
  await showSites();
  await greetPortal();
  await refreshGrants();
}

/** Forgets the pairing in this browser. */
export async function unpair(): Promise<void> {
  await forget();
  await showSites();
}
