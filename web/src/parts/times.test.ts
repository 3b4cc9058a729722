import { describe, expect, test } from "vitest";
import { exactInstant, length, secondsOf, shortInstant, span } from "./times";

describe("a countdown", () => {
  test.each([
    [-5000, "0 s"], [0, "0 s"], [59_400, "59 s"], [60_000, "1 min 0 s"], [3_599_000, "59 min 59 s"], [3_600_000, "1 h 0 min"], [8 * 3_600_000 + 61_000, "8 h 1 min"],
  ])("%i ms are %s", (ms, text) => expect(length(ms)).toBe(text));
});

describe("a lifetime", () => {
  test.each([[30, "30 s"], [900, "15 min"], [3600, "1 h"], [5400, "1 h 30 min"], [86_400, "24 h"]])("%i s are %s", (s, text) => expect(span(s)).toBe(text));
});

describe("a length that somebody writes", () => {
  test.each([
    ["4 h", 14_400], ["4h", 14_400], ["90 min", 5400], ["1 h 30 min", 5400], ["1h30m", 5400], ["1:30", 5400], ["8", 28_800], ["2 Hours", 7200], ["20 s", 20],
    ["", undefined], ["soon", undefined], ["4 days", undefined], ["-4 h", undefined], ["1:75", undefined], ["4 h or so", undefined],
  ])("%s", (text, seconds) => expect(secondsOf(text)).toBe(seconds));
  test.each([20, 900, 3600, 5400, 86_400])("reads what it is shown as: %i s", (seconds) => expect(secondsOf(span(seconds))).toBe(seconds));
});

describe("an instant", () => {
  const now = new Date(2026, 10, 22, 12, 0);
  test("of today has no day", () => expect(shortInstant(new Date(2026, 10, 22, 9, 5), now)).not.toMatch(/Nov|2026/));
  test("of this year has a day and no year", () => expect(shortInstant(new Date(2026, 2, 1, 9, 5), now)).toMatch(/Mar/));
  test("of another year has it", () => expect(shortInstant(new Date(2025, 10, 22, 9, 5), now)).toMatch(/2025/));
  test("is exact in UTC too", () => expect(exactInstant(new Date("2026-11-22T12:00:01.500Z"))).toContain("2026-11-22T12:00:01.500Z"));
});
