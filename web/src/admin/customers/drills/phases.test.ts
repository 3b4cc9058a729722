import { expect, test } from "vitest";
import { phasesOf } from "./phases";

const at = "2026-01-01T00:00:00Z";
const states = (d: Parameters<typeof phasesOf>[0]) => phasesOf(d).map(({ state }) => state);

test("a drill comes forward phase by phase", () => {
  expect(states({})).toEqual(["now", "later", "later"]);
  expect(states({ armed_at: at, ending_at: at })).toEqual(["done", "now", "later"]);
  expect(states({ armed_at: at, ending_at: at, off_at: at })).toEqual(["done", "done", "now"]);
  expect(states({ armed_at: at, ending_at: at, off_at: at, ended_at: at })).toEqual(["done", "done", "done"]);
});

test("a canary that got no profile is shown as failed, and as being switched off", () => {
  expect(states({ ending_at: at })).toEqual(["failed", "now", "later"]);
  expect(states({ ending_at: at, off_at: at, ended_at: at })).toEqual(["failed", "done", "done"]);
});
