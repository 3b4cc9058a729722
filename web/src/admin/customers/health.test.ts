import { expect, test } from "vitest";
import { healthOf } from "./health";

const found = (health: "ok" | "warning" | "blocked" | "unknown") => ({ health, blocking: 0, warnings: 0, infos: 0 });

test("a customer is as its pre-flight says", () => {
  expect((["ok", "warning", "blocked", "unknown"] as const).map((h) => healthOf({ connection: "connected", preflight: found(h) })))
    .toEqual(["healthy", "warnings", "blocked", "unchecked"]);
});

test("what was read before counts no more when the tenant is not reached", () => {
  expect((["unconnected", "disconnecting", "broken"] as const).map((connection) => healthOf({ connection, preflight: found("ok") })))
    .toEqual(["unconnected", "leaving", "blocked"]);
});

test("a tenant that was never checked is not called healthy", () => {
  expect(healthOf({ connection: "connected" })).toBe("unchecked");
});
