import { expect, test } from "vitest";
import type { Customer, Entitlement, Person, Profile } from "../queries";
import { leading, ready, stepsOf, techniciansOf, type Facts } from "./steps";

const nothing: Facts = { passkeys: 1, customers: [], profiles: [], people: [], entitlements: [], enrolled: new Set(), granted: false };
const customer = (of: Partial<Customer>) => ({ id: "c", name: "Contoso", connection: "connected", ...of }) as Customer;
const checked = (health: "ok" | "warning" | "blocked" | "unknown") => ({ health, blocking: 0, warnings: 0, infos: 0, checked_at: "2026-01-01T00:00:00Z" });
const person = (id: string, ...roles: Person["roles"]) => ({ id, name: id, roles, suspended: false }) as Person;
const now = (f: Facts) => stepsOf(f, "me").find(({ state }) => state === "now")?.name;

test("the first step that is not done is the one to take", () => {
  expect(now({ ...nothing, passkeys: 0 })).toBe("passkey");
  expect(now(nothing)).toBe("customer");
  expect(now({ ...nothing, customers: [customer({ connection: "unconnected" })] })).toBe("connection");
  expect(now({ ...nothing, customers: [customer({})] })).toBe("preflight");
  expect(now({ ...nothing, customers: [customer({ preflight: checked("blocked") })] })).toBe("preflight");
  expect(now({ ...nothing, customers: [customer({ preflight: checked("ok") })] })).toBe("profile");
});

test("the admin's own role is no invitation, unless they let themselves in", () => {
  const f = { ...nothing, customers: [customer({ preflight: checked("ok") })], profiles: [{ retired: false } as Profile], people: [person("me", "admin", "technician")], enrolled: new Set(["me"]) };
  expect(now(f)).toBe("technician");
  expect(now({ ...f, people: [...f.people, person("grace", "technician")], enrolled: new Set() })).toBe("enrolled");
  const own = [{ id: "e", person: { id: "me", name: "me" } } as Entitlement];
  expect(now({ ...f, entitlements: own })).toBe("grant");
  expect(now({ ...f, entitlements: own, granted: true })).toBeUndefined();
});

test("a step that was done before its turn counts", () => {
  expect(stepsOf({ ...nothing, profiles: [{ retired: false } as Profile] }, "me").find(({ name }) => name === "profile")?.state).toBe("done");
  expect(stepsOf({ ...nothing, profiles: [{ retired: true } as Profile] }, "me").find(({ name }) => name === "profile")?.state).toBe("later");
});

test("of several customers the one that came furthest leads", () => {
  const far = customer({ id: "far", preflight: checked("warning") });
  expect(leading([customer({ connection: "unconnected" }), customer({ preflight: checked("blocked") }), far, customer({ connection: "disconnecting" })])).toBe(far);
  expect(leading([])).toBeUndefined();
  expect(ready(customer({ preflight: { ...checked("ok"), checked_at: undefined } }))).toBe(false);
});

test("one's own passkey says nothing about the technicians that were invited", () => {
  const people = [person("me", "admin", "technician"), person("alan", "approver"), person("grace", "technician")];
  expect(techniciansOf({ people, entitlements: [] }, "me").map(({ id }) => id)).toEqual(["grace"]);
  const steps = stepsOf({ ...nothing, people, enrolled: new Set(["me"]) }, "me");
  expect(steps.find(({ name }) => name === "enrolled")?.state).toBe("later");
});
