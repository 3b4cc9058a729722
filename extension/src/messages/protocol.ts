import type { Assignment } from "../launch/steps";
import type { Report, Stop } from "../launch/launches";
import type { Place } from "../microsoft/places";

/**
 * Who may speak to the background: the scripts on a sign-in page, on one that is inside of another page, on the portal, on an admin
 * site, and the extension's own pages.
 */
export type Party = "sign-in" | "framed" | "portal" | "place" | "own";

/** Why the extension did not do what its own page or the portal asked for. */
export type Refusal = { readonly refused: string; readonly said: string };

/** The customer on whose site a page is. */
export type Where = { readonly customer: { id: string; name: string }; readonly expires_at: string; readonly warn_at?: string; readonly ahead: number; readonly extendable: boolean };

/** Every message: who may send it, what it says, what is answered. There are no others. */
export type Protocol = {
  here: { from: "sign-in" | "framed"; says: object; answers: null };
  begin: { from: "sign-in" | "framed"; says: object; answers: Assignment | null };
  fill: { from: "sign-in"; says: { step: "pass" | "password"; account: string }; answers: { secret: string } | { stop: Stop } };
  told: { from: "sign-in"; says: Pick<Report, "outcome" | "step">; answers: null };
  stopped: { from: "sign-in" | "framed"; says: { stop: Stop; step: Report["step"]; code?: string }; answers: null };
  hello: { from: "portal"; says: object; answers: { version: string } | null };
  launch: { from: "portal" | "own"; says: { grant: string; place: Place }; answers: Refusal | null };
  where: { from: "place"; says: object; answers: Where | null };
  end: { from: "place" | "own"; says: { grant?: string }; answers: Refusal | null };
  extend: { from: "place" | "own"; says: { grant?: string }; answers: null };
  refresh: { from: "own"; says: object; answers: Refusal | null };
  close: { from: "own"; says: { grant: string }; answers: null };
  pair: { from: "own"; says: { portal: string; name: string }; answers: Refusal | null };
  unpair: { from: "own"; says: object; answers: null };
  sites: { from: "own"; says: object; answers: null };
};

export type Kind = keyof Protocol;

/** Which party may send which message. */
export const senders: { readonly [K in Kind]: readonly Protocol[K]["from"][] } = {
  here: ["sign-in", "framed"], begin: ["sign-in", "framed"], fill: ["sign-in"], told: ["sign-in"], stopped: ["sign-in", "framed"],
  hello: ["portal"], launch: ["portal", "own"],
  where: ["place"], end: ["place", "own"], extend: ["place", "own"],
  refresh: ["own"], close: ["own"], pair: ["own"], unpair: ["own"], sites: ["own"],
};

export const isKind = (kind: unknown): kind is Kind => typeof kind === "string" && Object.hasOwn(senders, kind);
