import { expect, test } from "vitest";
import type { Grant } from "../../api/queries";
import { place, spanOf, ticks, windowOf } from "./span";

const at = (clock: string) => Date.parse(`2030-05-01T${clock}:00Z`);
const grant = (about: Partial<Grant>) => ({ requested_at: "2030-05-01T09:00:00Z", ...about }) as Grant;

test("an active grant goes until it expires, one that is not off goes on until now", () => {
  const times = { active_at: "2030-05-01T09:10:00Z", expires_at: "2030-05-01T11:00:00Z" };
  expect(spanOf(grant({ state: "active", ...times }), at("10:00"))).toEqual({ from: at("09:10"), to: at("11:00") });
  expect(spanOf(grant({ state: "ending", ...times }), at("11:30"))).toEqual({ from: at("09:10"), to: at("11:30") });
  expect(spanOf(grant({ state: "provisioning" }), at("08:59")).to, "a clock that is behind").toBe(at("09:00"));
});

test("the window holds every span and the next hour, and lies between quarters of an hour", () => {
  expect(windowOf([{ from: at("09:10"), to: at("11:00") }], at("10:00"))).toEqual({ from: at("09:00"), to: at("11:15") });
  expect(windowOf([], at("10:00"))).toEqual({ from: at("10:00"), to: at("11:15") });
});

test("ticks are round and few", () => {
  const window = { from: at("09:00"), to: at("11:15") };
  expect(ticks(window, 5).length).toBeLessThanOrEqual(6);
  for (const tick of ticks(window, 5)) expect(new Date(tick).getMinutes() % 15).toBe(0);
  const days = { from: 0, to: 40 * 86_400_000 };
  expect(ticks(days, 5).length).toBeLessThanOrEqual(6);
});

test("a place lies on the plot, whatever the instant", () => {
  const window = { from: 0, to: 200 };
  expect([place(-5, window), place(50, window), place(900, window)]).toEqual([0, 25, 100]);
});
