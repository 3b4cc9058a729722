import type { Customer, Entitlement, Person, Profile } from "../queries";
import { healthOf } from "../customers/health";

/** What the API says of how far an installation has come. */
export type Facts = {
  passkeys: number;
  customers: readonly Customer[];
  profiles: readonly Profile[];
  people: readonly Person[];
  entitlements: readonly Entitlement[];
  /** Those of the people who are known to have a passkey. */
  enrolled: ReadonlySet<string>;
  granted: boolean;
};

export const names = ["passkey", "customer", "connection", "preflight", "profile", "technician", "enrolled", "entitled", "grant"] as const;
export type StepName = (typeof names)[number];
export type Step = { name: StepName; state: "done" | "now" | "later" };

const far = (c: Customer) => ["unconnected", "leaving", "blocked", "unchecked", "warnings", "healthy"].indexOf(healthOf(c));

/** The customer that has come furthest: the one to go on with. */
export const leading = (customers: readonly Customer[]): Customer | undefined => [...customers].sort((a, b) => far(b) - far(a))[0];

/** A grant would work there: it was asked, and nothing that it said stops every grant. */
export const ready = (c: Customer | undefined) => c?.connection === "connected" && c.preflight?.checked_at !== undefined && c.preflight.health !== "blocked";

/**
 * Those who are to get access: others than whoever sets this up, who may be the only technician all the same, and says so by
 * being entitled.
 */
export function techniciansOf({ people, entitlements }: Pick<Facts, "people" | "entitlements">, me: string): Person[] {
  const all = people.filter((p) => p.roles.includes("technician") && !p.suspended);
  const others = all.filter((p) => p.id !== me);
  return others.length > 0 || !entitlements.some((e) => e.person?.id === me) ? others : all;
}

/** Each step is done or not by itself; the first that is not is the one to take now. */
export function stepsOf(f: Facts, me: string): Step[] {
  const technicians = techniciansOf(f, me);
  const customer = leading(f.customers);
  const done: Record<StepName, boolean> = {
    passkey: f.passkeys > 0,
    customer: customer !== undefined,
    connection: customer?.connection === "connected",
    preflight: ready(customer),
    profile: f.profiles.some((p) => !p.retired),
    technician: technicians.length > 0,
    enrolled: technicians.some((p) => f.enrolled.has(p.id)),
    entitled: f.entitlements.length > 0,
    grant: f.granted,
  };
  const now = names.find((name) => !done[name]);
  return names.map((name) => ({ name, state: done[name] ? "done" : name === now ? "now" : "later" }));
}
