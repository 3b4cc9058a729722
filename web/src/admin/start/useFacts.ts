import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { liveQuery, passkeysQuery } from "../../api/queries";
import { useMe } from "../../shell/me";
import { passkeysOf, peopleQuery, profilesQuery, setupKey } from "../queries";
import { techniciansOf, type Facts } from "./steps";

const again = 4000; // ms; nothing tells the page what others do meanwhile, such as enrol
const looked = 5; // technicians: one with a passkey is enough

const firstCustomers = queryOptions({
  queryKey: [...setupKey, "first-customers"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/customers", { params: { query: { limit: 50 } }, signal }))).customers,
});

const firstEntitlements = queryOptions({
  queryKey: [...setupKey, "first-entitlements"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/entitlements", { params: { query: { limit: 50 } }, signal }))).entitlements,
});

/** Whether access was ever given: to somebody, somewhere, and not only asked for. */
const everGranted = queryOptions({
  queryKey: [...setupKey, "ever-granted"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/grants", { params: { query: { limit: 50 } }, signal }))).grants.some((g) => g.active_at !== undefined),
});

/** What the installation has come to, looked at again and again. */
export function useFacts(): { facts?: Facts; error: unknown; again: () => void } {
  const me = useMe();
  const refetchInterval = again;
  const passkeys = useQuery({ ...passkeysQuery, refetchInterval });
  const customers = useQuery({ ...firstCustomers, refetchInterval });
  const profiles = useQuery({ ...profilesQuery, refetchInterval });
  const people = useQuery({ ...peopleQuery, refetchInterval });
  const entitlements = useQuery({ ...firstEntitlements, refetchInterval });
  const ever = useQuery({ ...everGranted, refetchInterval });
  const { data: live = [] } = useQuery(liveQuery);
  const technicians = techniciansOf({ people: people.data ?? [], entitlements: entitlements.data ?? [] }, me.id).slice(0, looked);
  const theirs = useQueries({ queries: technicians.map(({ id }) => ({ ...passkeysOf(id), refetchInterval })) });

  const all = [passkeys, customers, profiles, people, entitlements, ever];
  const error = all.find((q) => q.error)?.error ?? null;
  const retry = () => all.forEach((q) => { if (q.error) void q.refetch(); });
  if (!passkeys.data || !customers.data || !profiles.data || !people.data || !entitlements.data || ever.data === undefined) return { error, again: retry };
  return {
    error, again: retry,
    facts: {
      passkeys: passkeys.data.length, customers: customers.data, profiles: profiles.data, people: people.data, entitlements: entitlements.data,
      enrolled: new Set(technicians.filter((_, i) => (theirs[i]?.data?.length ?? 0) > 0).map(({ id }) => id)),
      granted: ever.data || live.some((g) => g.active_at !== undefined),
    },
  };
}
