import type { Grant } from "../api/queries";

export type Step = { name: "approval" | "account" | "credential" | "roles"; state: "done" | "now" | "later" | "failed" };

/** What happens between the request and the access, and how far it has come. */
export function stepsOf(g: Grant): Step[] {
  const past: [Step["name"], boolean][] = [
    ["account", g.account_at !== undefined],
    ["credential", g.credential_at !== undefined],
    ["roles", g.active_at !== undefined],
  ];
  if (g.approval_required) past.unshift(["approval", !["requested", "awaiting_approval"].includes(g.state) && g.cause !== "denied" && g.cause !== "withdrawn"]);
  const over = g.state === "ending" || g.state === "ended";
  let reached = false;
  return past.map(([name, done]) => {
    if (done) return { name, state: "done" };
    const state = reached ? "later" : over ? "failed" : "now";
    reached = true;
    return { name, state };
  });
}
