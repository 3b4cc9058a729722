import type { InfiniteData } from "@tanstack/react-query";
import type { components } from "../../api/schema.gen";

export type Page = components["schemas"]["AuditPage"];

/** The pages with newer records before the first; what is there already is not taken twice. */
export function inFront(shown: InfiniteData<Page>, newer: Page["records"]): InfiniteData<Page> {
  const [first, ...rest] = shown.pages;
  if (!first) return shown;
  const newest = first.records[0]?.seq ?? 0;
  const more = newer.filter(({ seq }) => seq > newest);
  return more.length > 0 ? { ...shown, pages: [{ ...first, records: [...more, ...first.records] }, ...rest] } : shown;
}
