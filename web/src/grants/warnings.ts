import type { Grant } from "../api/queries";

const warnAt = [10 * 60_000, 2 * 60_000]; // ms before the end

/** Whether a grant's end is so near that it has to be said. A short one is near its end only in its last part. */
export function soon(g: Grant, present: number): boolean {
  if (g.state !== "active" || !g.expires_at) return false;
  const left = Date.parse(g.expires_at) - present;
  return left <= Math.min(warnAt[0]!, (Date.parse(g.expires_at) - Date.parse(g.active_at!)) / 4);
}

/** The warning that is due now: one name for each time that somebody is to be told, so that nobody is told twice. */
export function warningDue(g: Grant, present: number): string | undefined {
  if (!soon(g, present)) return undefined;
  const left = Date.parse(g.expires_at!) - present;
  return left > 0 ? `${g.id} ${g.expires_at} ${left <= warnAt[1]! ? "last" : "first"}` : undefined;
}
