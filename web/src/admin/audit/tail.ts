import { useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { auditQuery, type AuditSearch } from "../queries";

type Page = components["schemas"]["AuditPage"];

const every = 2000; // ms between two looks for newer records
const atOnce = 100;

/** Puts newer records in front of those that are shown. Where more came than one look brings, the list begins anew. */
export function useTail(search: AuditSearch, newest: number | undefined, wanted: boolean) {
  const cache = useQueryClient();
  const { queryKey } = auditQuery(search);
  useQuery({
    queryKey: ["audit-tail", search],
    enabled: wanted && newest !== undefined,
    refetchInterval: every,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const newer = await body(api.GET("/api/v1/audit", { params: { query: { ...search, after: newest, limit: atOnce } }, signal }));
      if (newer.next !== undefined) await cache.resetQueries({ queryKey });
      else if (newer.records.length > 0) cache.setQueryData<InfiniteData<Page>>(queryKey, (shown) => shown && inFront(shown, newer.records));
      return newer.records.length;
    },
  });
}

/** The pages with newer records before the first; what is there already is not taken twice. */
export function inFront(shown: InfiniteData<Page>, newer: Page["records"]): InfiniteData<Page> {
  const [first, ...rest] = shown.pages;
  if (!first) return shown;
  const newest = first.records[0]?.seq ?? 0;
  const more = newer.filter(({ seq }) => seq > newest);
  return more.length > 0 ? { ...shown, pages: [{ ...first, records: [...more, ...first.records] }, ...rest] } : shown;
}
