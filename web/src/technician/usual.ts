import type { ReachableCustomer, ReachableProfile } from "../api/queries";

/** The profile that one press asks for: of those that work, the one that was asked for last, or else the first that nobody has to approve. */
export function usualProfile(c: ReachableCustomer): ReachableProfile | undefined {
  const working = c.profiles.filter((p) => !p.blocked);
  return working.find(({ id }) => id === c.last?.profile_id) ?? working.find((p) => !p.approval_required) ?? working[0] ?? c.profiles[0];
}

/** Whether a press alone is enough: the profile wants to know nothing more. */
export const needsWords = (p: ReachableProfile) => p.reason_required || p.ticket_required;

/** Customers as they are likely to be wanted: those that were asked for lately first, the others by name. */
export function recentFirst(customers: ReachableCustomer[]): ReachableCustomer[] {
  return [...customers].sort((a, b) => (b.last?.requested_at ?? "").localeCompare(a.last?.requested_at ?? "") || a.name.localeCompare(b.name));
}

/** Customers in an order of ids that was fixed earlier, so that a tile never moves while somebody aims at it. Who came since stands at the end. */
export function inOrder(customers: ReachableCustomer[], ids: string[]): ReachableCustomer[] {
  const place = new Map(ids.map((id, i) => [id, i]));
  return [...customers].sort((a, b) => (place.get(a.id) ?? ids.length) - (place.get(b.id) ?? ids.length));
}

/** Those whose name has every word of the search in it, in whatever case and with or without accents. */
export function search(customers: ReachableCustomer[], wanted: string): ReachableCustomer[] {
  const words = plain(wanted).split(/\s+/).filter(Boolean);
  return customers.filter((c) => words.every((word) => plain(c.name).includes(word)));
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** The lengths that a request may choose from, in seconds: the usual ones below the maximum, the profile's own, and the maximum. */
export function lengths(p: ReachableProfile): number[] {
  const usual = [15, 30, 60, 120, 240, 480].map((minutes) => minutes * 60).filter((s) => s < p.maximum_seconds);
  return [...new Set([...usual, p.default_seconds, p.maximum_seconds])].sort((a, b) => a - b);
}
