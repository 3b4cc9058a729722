import { expect, test } from "vitest";
import { stepsOf, type AttemptOf } from "./steps";

const states = (a: Partial<AttemptOf>, late = false) => stepsOf({ step: "verifying", own_app: false, missing: [], ...a }, late).map(({ step, state }) => `${step} ${state}`);

test("what is past is done, what comes is to come", () => {
  expect(states({ step: "awaiting_permissions", consented_at: "2026-11-22T10:00:00Z" })).toEqual([
    "awaiting_consent done", "awaiting_token done", "awaiting_permissions now", "verifying later", "connected later",
  ]);
});
test("a consent that came too late failed there", () => expect(states({ step: "awaiting_consent" }, true)[0]).toBe("awaiting_consent failed"));
test("a consent that was refused failed there", () => expect(states({ step: "failed" })[0]).toBe("awaiting_consent failed"));
test("a permission that is missing failed there", () => {
  expect(states({ step: "failed", consented_at: "2026-11-22T10:00:00Z", missing: ["User.Read.All"] })).toContain("awaiting_permissions failed");
});
test("an app of the customer's own needs no consent page", () => expect(states({ step: "awaiting_token", own_app: true })[0]).toBe("awaiting_token now"));
test("once connected everything is done", () => expect(states({ step: "connected" }).every((s) => s.endsWith(" done"))).toBe(true));
