import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body } from "../api/client";
import { now } from "../api/clock";
import { Problem } from "../api/problem";
import type { components } from "../api/schema.gen";
import { setupKey } from "./setupKey";
import type { Health } from "./customers/health";

type Schemas = components["schemas"];
export type Person = Schemas["Person"];
export type Team = Schemas["Team"];
export type Customer = Schemas["Customer"];
export type Connection = Schemas["Connection"];
export type Approvers = Schemas["Approvers"];
export type Preflight = Schemas["Preflight"];
export type Finding = Schemas["PreflightFinding"];
export type Drill = Schemas["Drill"];
export type Leaving = Schemas["Leaving"];
export type Entitlement = Schemas["Entitlement"];
export type BulkList = Schemas["BulkList"];
export type ImportReport = Schemas["ImportReport"];
export type ImportLine = Schemas["ImportLine"];
export type Profile = Schemas["Profile"];
export type ProfileRules = Schemas["ProfileRules"];
export type KnownRole = Schemas["KnownRole"];
export type AccessReason = Schemas["AccessReason"];
export type AuditRecord = Schemas["AuditRecord"];

export { setupKey };

const [setup] = setupKey;

/** Says that a change is made to what is shown, so that nobody else's change is lost. */
export const ifMatch = ({ revision }: { revision: number }) => ({ "If-Match": `"${revision}"` });

export const peopleQuery = queryOptions({
  queryKey: [setup, "people"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/people", { signal }))).people,
});

export const personQuery = (id: string) => queryOptions({
  queryKey: [setup, "people", id],
  queryFn: ({ signal }) => body(api.GET("/api/v1/people/{id}", { params: { path: { id } }, signal })),
});

export const passkeysOf = (id: string) => queryOptions({
  queryKey: [setup, "people", id, "passkeys"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/people/{id}/passkeys", { params: { path: { id } }, signal }))).passkeys,
});

export const browsersOf = (id: string) => queryOptions({
  queryKey: [setup, "people", id, "browsers"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/people/{id}/browsers", { params: { path: { id } }, signal }))).browsers,
});

export const accessOf = (id: string) => queryOptions({
  queryKey: [setup, "people", id, "access"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/people/{id}/access", { params: { path: { id } }, signal }))).reasons,
});

export const teamsQuery = queryOptions({
  queryKey: [setup, "teams"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/teams", { signal }))).teams,
});

/** What the access matrix shows, as it stands in the address: parts of names, and whose rows they are. */
export type AccessSearch = { customer?: string; who?: string; rows?: "teams" };

/** Which customers are listed, as it stands in the address: part of a name, and how they are. */
export type CustomerSearch = { q?: string; health?: Health };

/** What the audit log is asked for, as it stands in the address. */
export type AuditSearch = { action?: string; actor?: string; person_id?: string; customer_id?: string; grant_id?: string; from?: string; to?: string };

export const auditQuery = (search: AuditSearch) => infiniteQueryOptions({
  queryKey: ["audit", search],
  initialPageParam: undefined as number | undefined,
  queryFn: ({ pageParam, signal }) => body(api.GET("/api/v1/audit", { params: { query: { ...search, before: pageParam, limit: 100 } }, signal })),
  getNextPageParam: (page) => page.next,
  staleTime: Infinity, // older records never change; the tail brings the newer ones
});

/** The first customers whose name contains a text. */
export const customerNamesQuery = (search: string) => queryOptions({
  queryKey: [setup, "customer-names", search],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/customers", { params: { query: { search: search || undefined, limit: 50 } }, signal }))).customers,
  placeholderData: (before) => before,
});

export const customerQuery = (id: string) => queryOptions({
  queryKey: [setup, "customers", id],
  queryFn: ({ signal }) => body(api.GET("/api/v1/customers/{id}", { params: { path: { id } }, signal })),
});

/** One record by its number, or null where there is none. */
export const recordQuery = (seq: number) => queryOptions({
  queryKey: ["audit-record", seq],
  queryFn: async ({ signal }) => {
    const { records } = await body(api.GET("/api/v1/audit", { params: { query: { before: seq + 1, after: seq - 1, limit: 1 } }, signal }));
    return records[0] ?? null;
  },
  staleTime: Infinity,
});

/** Customers by name, page by page. */
export const customersQuery = (search: string) => infiniteQueryOptions({
  queryKey: [setup, "customer-pages", search],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => body(api.GET("/api/v1/customers", { params: { query: { search: search || undefined, after: pageParam, limit: 50 } }, signal })),
  getNextPageParam: (page) => page.next,
  placeholderData: (before) => before, // what was found before stays until the next is there: nothing jumps
});

const over: readonly string[] = ["connected", "failed"];

/** Whether an attempt to connect is still going on. */
export const underWay = (attempt: Connection["attempt"]) => attempt !== undefined && !over.includes(attempt.step) && Date.parse(attempt.expires_at) > now();

/** A customer's connection; asked again and again while an attempt is under way. */
export const connectionQuery = (id: string) => queryOptions({
  queryKey: [setup, "customers", id, "connection"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/customers/{id}/connection", { params: { path: { id } }, signal })),
  refetchInterval: ({ state }) => (underWay(state.data?.attempt) ? 1000 : 15_000),
});

/** What the last check of the customer's tenant found; asked again and again while one is under way. */
export const preflightQuery = (id: string) => queryOptions({
  queryKey: [setup, "customers", id, "preflight"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/customers/{id}/preflight", { params: { path: { id } }, signal })),
  refetchInterval: ({ state }) => (state.data?.checking ? 1000 : 30_000),
});

/** A customer's drills, newest first; asked again and again while one is running. */
export const drillsQuery = (id: string) => queryOptions({
  queryKey: [setup, "customers", id, "drills"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/customers/{id}/drills", { params: { path: { id }, query: { limit: 20 } }, signal })),
  refetchInterval: ({ state }) => (state.data?.drills.some((d) => d.ended_at === undefined) ? 1000 : 30_000),
});

/** How far a customer's departure has come, or null where it never left and where it is no more. */
export const leavingQuery = (id: string) => queryOptions({
  queryKey: [setup, "customers", id, "leaving"],
  queryFn: async ({ signal }) => {
    try {
      return await body(api.GET("/api/v1/customers/{id}/leaving", { params: { path: { id } }, signal }));
    } catch (problem) {
      if (problem instanceof Problem && problem.kind === "not-found") return null;
      throw problem;
    }
  },
  refetchInterval: ({ state }) => (state.data?.state === "leaving" ? 1500 : false),
});

export const approversQuery = (id: string) => queryOptions({
  queryKey: [setup, "customers", id, "approvers"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/customers/{id}/approvers", { params: { path: { id } }, signal })),
});

export const customerAccessQuery = (id: string) => queryOptions({
  queryKey: [setup, "customers", id, "access"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/customers/{id}/access", { params: { path: { id } }, signal }))).reasons,
});

/** What accounts would be called by templates that may not be saved yet. */
export const namePreviewQuery = (id: string, templates: Schemas["NameTemplates"]) => queryOptions({
  queryKey: [setup, "customers", id, "names", templates],
  queryFn: ({ signal }) => body(api.POST("/api/v1/customers/{id}/account-name-preview", { params: { path: { id } }, body: templates, signal })),
  placeholderData: (before) => before,
  retry: false,
});

export const profilesQuery = queryOptions({
  queryKey: [setup, "profiles"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/profiles", { signal }))).profiles,
});

export const profileQuery = (id: string) => queryOptions({
  queryKey: [setup, "profiles", id],
  queryFn: ({ signal }) => body(api.GET("/api/v1/profiles/{id}", { params: { path: { id } }, signal })),
});

/** Ready-made profiles; the product's own, which do not change while it runs. */
export const profileTemplatesQuery = queryOptions({
  queryKey: ["profile-templates"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/profile-templates", { signal }))).templates,
  staleTime: Infinity,
});

export const directoryRolesQuery = queryOptions({
  queryKey: [setup, "directory-roles"],
  queryFn: ({ signal }) => body(api.GET("/api/v1/directory-roles", { signal })),
});

/** Reads page after page until there is none. */
async function allPages<T>(page: (after: string | undefined) => Promise<{ items: readonly T[]; next?: string }>): Promise<T[]> {
  const all: T[] = [];
  for (let after: string | undefined; ;) {
    const { items, next } = await page(after);
    all.push(...items);
    if (next === undefined) return all;
    after = next;
  }
}

const perPage = 1000;

export const allCustomersQuery = queryOptions({
  queryKey: [setup, "all-customers"],
  queryFn: ({ signal }) => allPages(async (after) => {
    const { customers: items, next } = await body(api.GET("/api/v1/customers", { params: { query: { after, limit: perPage } }, signal }));
    return { items, next };
  }),
});

export const allEntitlementsQuery = queryOptions({
  queryKey: [setup, "entitlements"],
  queryFn: ({ signal }) => allPages(async (after) => {
    const { entitlements: items, next } = await body(api.GET("/api/v1/entitlements", { params: { query: { after, limit: perPage } }, signal }));
    return { items, next };
  }),
});
