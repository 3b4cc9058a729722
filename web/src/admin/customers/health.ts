import type { Customer } from "../queries";

/** How a customer is, in a word, in the order in which the words are offered. */
export const healths = ["blocked", "warnings", "unchecked", "healthy", "leaving", "unconnected"] as const;

export type Health = (typeof healths)[number];

const judged = { ok: "healthy", warning: "warnings", blocked: "blocked", unknown: "unchecked" } as const satisfies Record<NonNullable<Customer["preflight"]>["health"], Health>;

/** The connection decides first: what was read of a tenant says nothing while Hourglass does not reach it. */
export function healthOf({ connection, preflight }: Pick<Customer, "connection" | "preflight">): Health {
  if (connection === "unconnected") return "unconnected";
  if (connection === "disconnecting") return "leaving";
  if (connection === "broken") return "blocked";
  return preflight ? judged[preflight.health] : "unchecked";
}
