import { QueryClient, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import { now } from "./clock";
import { Problem } from "./problem";
import { sendOnce } from "./transport";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Grant = Schemas["Grant"];
export type State = Schemas["State"];
export type Role = Schemas["MSPRole"];
export type ReachableCustomer = Schemas["ReachableCustomer"];
export type ReachableProfile = Schemas["ReachableProfile"];
export type Passkey = Schemas["Passkey"];
export type PairedBrowser = Schemas["PairedBrowser"];

/** Under which name the cache holds what. */
export const keys = {
  me: ["me"],
  access: ["access"],
  /** Grants that have not ended; fed by the live updates alone. */
  live: ["live"],
  grant: (id: string) => ["grant", id],
  history: ["history"],
  passkeys: ["passkeys"],
  browsers: ["browsers"],
} as const;

const attempts = 3;

export const newQueryClient = () => new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always", // a lost connection is an error that is said, not silence
      staleTime: 15_000,
      retry: (failures, problem) => failures < attempts && problem instanceof Problem && problem.passing,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 5000),
    },
    mutations: { networkMode: "always", retry: false },
  },
});

/** Who is signed in. It is the one request that does not wait for a sign-in: it decides whether there is a session. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => body(api.GET("/api/v1/me", { signal, fetch: sendOnce })),
  staleTime: 60_000,
});

const longestTimer = 2 ** 31 - 1; // ms

/** What the technician may ask for. The live updates tell of changes; an entitlement that ends by itself is not told of. */
export const accessQuery = queryOptions({
  queryKey: keys.access,
  queryFn: ({ signal }) => body(api.GET("/api/v1/access", { signal })),
  select: ({ customers }) => customers,
  refetchInterval: ({ state }) => {
    const ends = state.data?.changes_at;
    return ends === undefined ? false : Math.min(Math.max(Date.parse(ends) - now(), 0) + 500, longestTimer);
  },
});

/** The grants that have not ended, of everybody whom the person may see. It never fetches: see live.ts. */
export const liveQuery = queryOptions<Grant[]>({ queryKey: keys.live, enabled: false, staleTime: Infinity, gcTime: Infinity });

export const grantQuery = (id: string) => queryOptions({
  queryKey: keys.grant(id),
  queryFn: ({ signal }) => body(api.GET("/api/v1/grants/{id}", { params: { path: { id } }, signal })),
});

/** A person's ended grants, newest first, page by page. */
export const historyQuery = (me: string) => infiniteQueryOptions({
  queryKey: keys.history,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => body(api.GET("/api/v1/grants", { params: { query: { state: ["ended"], person_id: me, before: pageParam, limit: 25 } }, signal })),
  getNextPageParam: (page) => page.next,
});

export const passkeysQuery = queryOptions({
  queryKey: keys.passkeys,
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/me/passkeys", { signal }))).passkeys,
});

export const browsersQuery = queryOptions({
  queryKey: keys.browsers,
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/me/browsers", { signal }))).browsers,
});

export const problemKindQuery = (name: string) => queryOptions({
  queryKey: ["problem", name],
  queryFn: ({ signal }) => body(api.GET("/api/v1/problems/{name}", { params: { path: { name } }, signal })),
  staleTime: Infinity,
});
