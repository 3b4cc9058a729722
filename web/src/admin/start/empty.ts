import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import { api, body } from "../../api/client";
import type { Me } from "../../api/queries";
import { setupKey } from "../setupKey"; // not from the queries: this is needed before the first sight

/** Whether the installation is empty: it has no customer yet. */
export const emptyQuery = queryOptions({
  queryKey: [...setupKey, "empty"],
  queryFn: async ({ signal }) => (await body(api.GET("/api/v1/customers", { params: { query: { limit: 1 } }, signal }))).customers.length === 0,
  staleTime: 60_000,
});

let sent = false; // once: whoever then goes elsewhere wants to be there

/** Sends an admin who comes in to the first steps while there is nothing else to see. */
export async function toFirstSteps({ context, preload }: { context: { queries: QueryClient; me: Me }; preload: boolean }) {
  if (sent || preload || !context.me.roles.includes("admin")) return;
  const empty = await context.queries.ensureQueryData(emptyQuery).catch(() => false); // no reason to keep anybody out
  sent = true;
  if (empty) throw redirect({ to: "/admin/start", replace: true });
}
