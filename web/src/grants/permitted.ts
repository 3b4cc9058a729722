import type { Grant, Me } from "../api/queries";

export type Act = "open" | "show" | "extend" | "return" | "withdraw" | "approve" | "deny" | "revoke";

const worthwhile = 60_000; // ms by which an extension lengthens a grant at least

/** Until when the grant may be extended, in ms. */
export const longest = (g: Grant) => Date.parse(g.active_at!) + g.maximum_seconds * 1000;

/** What a person may do with a grant now. The server decides; this spares buttons that would be refused. */
export function permitted(me: Pick<Me, "id" | "roles">, g: Grant): Act[] {
  const own = g.person.id === me.id;
  const using = own && me.roles.includes("technician");
  const acts: [Act, boolean][] = [
    ["open", using && g.state === "active"],
    ["show", using && g.state === "active"],
    ["extend", using && g.state === "active" && longest(g) - Date.parse(g.expires_at!) >= worthwhile],
    ["return", using && (g.state === "provisioning" || g.state === "active")],
    ["withdraw", using && (g.state === "requested" || g.state === "awaiting_approval")],
    ["approve", !own && me.roles.includes("approver") && g.state === "awaiting_approval"],
    ["deny", !own && me.roles.includes("approver") && g.state === "awaiting_approval"],
    ["revoke", !own && me.roles.includes("admin") && g.state !== "ending" && g.state !== "ended"],
  ];
  return acts.filter(([, may]) => may).map(([act]) => act);
}

/** The ends that an extension may choose from, in ms: by usual lengths, and as late as possible. */
export function extensions(g: Grant): { until: number; by?: number }[] {
  const ends = Date.parse(g.expires_at!), latest = longest(g);
  const usual = [15, 30, 60, 120, 240].map((minutes) => minutes * 60_000).filter((by) => ends + by < latest).map((by) => ({ until: ends + by, by }));
  return [...usual, { until: latest }];
}
