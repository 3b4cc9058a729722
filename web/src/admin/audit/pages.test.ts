import { expect, test } from "vitest";
import type { components } from "../../api/schema.gen";
import { inFront } from "./pages";

const record = (seq: number) => ({ seq }) as components["schemas"]["AuditRecord"];
const shown = (...seqs: number[]) => ({ pages: [{ records: seqs.map(record), next: 1 }, { records: [record(1)] }], pageParams: [undefined, 1] });

test("newer records come in front, each once", () => {
  const after = inFront(shown(3, 2), [5, 4, 3].map(record));
  expect(after.pages[0]?.records.map(({ seq }) => seq)).toEqual([5, 4, 3, 2]);
  expect(after.pages[1]).toEqual({ records: [record(1)] });
});

test("nothing new changes nothing", () => {
  const before = shown(3, 2);
  expect(inFront(before, [record(3)])).toBe(before);
});
