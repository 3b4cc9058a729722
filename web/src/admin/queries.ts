import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body } from "../api/client";
import type { components } from "../api/schema.gen";

type Schemas = components["schemas"];
export type Person = Schemas["Person"];
export type Team = Schemas["Team"];
export type AccessReason = Schemas["AccessReason"];
export type AuditRecord = Schemas["AuditRecord"];

/** Everything that an admin sets up is kept under this name, so that one change can have all of it read again. */
const setup = "setup";
export const setupKey = [setup] as const;

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

export const accessOf = (id: string) => queryOptions({
  queryKey: [setup, "people", id, "access"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/people/{id}/access", { params: { path: { id } }, signal }))).reasons,
});

export const teamsQuery = queryOptions({
  queryKey: [setup, "teams"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/teams", { signal }))).teams,
});

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
