import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { actions } from "../../texts/audit";
import { families } from "./families";

const source = readFileSync(new URL("../../../../internal/audit/action.go", import.meta.url), "utf8");
const recorded = [...source.matchAll(/Action = "(.+?)"/g)].map((match) => match[1]!).sort();

test("every action that is recorded has words, and no other", () => expect(Object.keys(actions).sort()).toEqual(recorded));
test("every action can be filtered by its kind", () => {
  expect(families.map(([name]) => name as string).sort()).toEqual([...new Set(recorded.map((action) => action.split(".")[0]!))].sort());
});
