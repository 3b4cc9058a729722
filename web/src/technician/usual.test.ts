import { expect, test } from "vitest";
import type { ReachableCustomer, ReachableProfile } from "../api/queries";
import { inOrder, lengths, recentFirst, search, usualProfile } from "./usual";

const profile = (id: string, more: Partial<ReachableProfile> = {}) => ({ id, name: id, approval_required: false, default_seconds: 3600, maximum_seconds: 14_400, ...more }) as ReachableProfile;
const customer = (name: string, last?: string, profiles = [profile("a"), profile("b")]): ReachableCustomer =>
  ({ id: name, name, available: true, profiles, last: last ? { profile_id: "b", requested_at: last } : undefined });

test("the usual profile is the last one, or the first that nobody has to approve", () => {
  expect(usualProfile(customer("x", "2026-01-01"))?.id).toBe("b");
  expect(usualProfile(customer("x"))?.id).toBe("a");
  expect(usualProfile(customer("x", undefined, [profile("a", { approval_required: true }), profile("c")]))?.id).toBe("c");
  expect(usualProfile(customer("x", "2026-01-01", [profile("c", { approval_required: true })]))?.id).toBe("c");
});

test("a profile that cannot work is usual only where no other is", () => {
  expect(usualProfile(customer("x", "2026-01-01", [profile("a"), profile("b", { blocked: true })]))?.id).toBe("a");
  expect(usualProfile(customer("x", undefined, [profile("a", { blocked: true })]))?.id).toBe("a");
});

test("what was used lately comes first, the rest by name", () => {
  const sorted = recentFirst([customer("Woodgrove"), customer("Contoso", "2026-01-01"), customer("Adatum"), customer("Fabrikam", "2026-02-01")]);
  expect(sorted.map(({ name }) => name)).toEqual(["Fabrikam", "Contoso", "Adatum", "Woodgrove"]);
});

test("an order once fixed stays, and who came since stands at the end", () => {
  const later = [customer("Adatum", "2026-03-01"), customer("Contoso"), customer("Woodgrove")];
  expect(inOrder(later, ["Woodgrove", "Contoso"]).map(({ name }) => name)).toEqual(["Woodgrove", "Contoso", "Adatum"]);
});

test("search finds words in any order, case and accent", () => {
  const all = [customer("Café Northwind"), customer("Fabrikam North")];
  expect(search(all, "north CAFE").map(({ name }) => name)).toEqual(["Café Northwind"]);
  expect(search(all, " ")).toHaveLength(2);
});

test("lengths have the default and the maximum among them, once", () => {
  expect(lengths(profile("a"))).toEqual([900, 1800, 3600, 7200, 14_400]);
  expect(lengths(profile("a", { default_seconds: 1200, maximum_seconds: 1500 }))).toEqual([900, 1200, 1500]);
});
