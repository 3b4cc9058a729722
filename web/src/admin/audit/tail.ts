import { useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { auditQuery, type AuditSearch } from "../queries";
import { inFront, type Page } from "./pages";

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
