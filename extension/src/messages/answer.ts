import { browser } from "wxt/browser";
import { pairing } from "../pairing/vault";
import { api } from "../portal/client";
import { isKind, senders, type Kind, type Party, type Protocol } from "./protocol";
import { partyOf, type Sender } from "./sender";

/** Where a message came from, as the browser says. tab is -1 for the extension's own pages outside of tabs; not every browser names documents. */
export type From = { readonly party: Party; readonly tab: number; readonly frame: number; readonly document?: string; readonly address: string };

export type Answers = { readonly [K in Kind]: (says: Protocol[K]["says"], from: From) => Promise<Protocol[K]["answers"]> };

/** Answers messages by the table; what nobody may send is written down and gets no answer. */
export function listen(answers: Answers): void {
  browser.runtime.onMessage.addListener((message: unknown, sender, reply: (answer: unknown) => void) => {
    void answer(answers, message, sender).then(reply, (failure: unknown) => {
      console.error("a message was not answered:", failure);
      reply(null);
    });
    return true; // the answer comes later
  });
}

async function answer(answers: Answers, message: unknown, sender: Sender): Promise<unknown> {
  const self = { id: browser.runtime.id, home: browser.runtime.getURL("/"), portal: (await pairing())?.portal };
  const party = partyOf(sender, self);
  if (party === "away") return null;
  const { kind, says } = (typeof message === "object" && message !== null ? message : {}) as { kind?: unknown; says?: unknown };
  const allowed: readonly Party[] = isKind(kind) ? senders[kind] : [];
  if (!isKind(kind) || !party || !allowed.includes(party) || typeof says !== "object" || says === null) {
    await report(sender.url);
    return null;
  }
  const one = answers[kind] as (says: unknown, from: From) => Promise<unknown>;
  return one(says, { party, tab: sender.tab?.id ?? -1, frame: sender.frameId ?? 0, document: sender.documentId, address: sender.url ?? "" });
}

async function report(address: string | undefined): Promise<void> {
  console.warn("a message was refused");
  const origin = address && URL.canParse(address) ? new URL(address).origin : undefined;
  await (await api()).POST("/api/v1/extension/reports", { body: { outcome: "stopped", step: "none", reason: "forged_message", origin } });
}
