import { describe, expect, test } from "vitest";
import type { Grant, Me, State } from "../api/queries";
import { extensions, permitted } from "./permitted";
import { stepsOf } from "./steps";

const at = "2026-11-22T12:00:00Z";
const me = (...roles: Me["roles"]): Me => ({ id: "ada", name: "Ada", roles, session_ends_at: at, admin_centre_url: "" });
const grant = (state: State, more: Partial<Grant> = {}) => ({
  id: "g", person: { id: "ada", name: "Ada" }, state, approval_required: false, maximum_seconds: 4 * 3600, lifetime_seconds: 3600,
  ...(state === "active" ? { account_at: at, credential_at: at, active_at: at, expires_at: "2026-11-22T13:00:00Z" } : {}), ...more,
}) as Grant;
const other = { person: { id: "grace", name: "Grace" } };

describe("the steps of a grant", () => {
  const states = (g: Grant) => stepsOf(g).map(({ name, state }) => `${name} ${state}`);
  test.each<[string, Grant, string[]]>([
    ["just requested", grant("requested"), ["account now", "credential later", "roles later"]],
    ["the account stands", grant("provisioning", { account_at: at }), ["account done", "credential now", "roles later"]],
    ["active", grant("active"), ["account done", "credential done", "roles done"]],
    ["waiting for approval", grant("awaiting_approval", { approval_required: true }), ["approval now", "account later", "credential later", "roles later"]],
    ["approved", grant("provisioning", { approval_required: true }), ["approval done", "account now", "credential later", "roles later"]],
    ["failed at the credential", grant("ending", { account_at: at, cause: "failed" }), ["account done", "credential failed", "roles later"]],
    ["denied", grant("ended", { approval_required: true, cause: "denied" }), ["approval failed", "account later", "credential later", "roles later"]],
  ])("%s", (_, g, want) => expect(states(g)).toEqual(want));
});

describe("what a person may do", () => {
  test.each<[string, Me, Grant, string[]]>([
    ["own and active", me("technician"), grant("active"), ["open", "show", "extend", "return"]],
    ["own and at its maximum", me("technician"), grant("active", { expires_at: "2026-11-22T16:00:00Z" }), ["open", "show", "return"]],
    ["own and waiting, though I approve too", me("technician", "approver"), grant("awaiting_approval"), ["withdraw"]],
    ["own, but I am no technician any more", me("auditor"), grant("active"), []],
    ["somebody's and waiting", me("approver"), grant("awaiting_approval", other), ["approve", "deny"]],
    ["somebody's and active", me("admin"), grant("active", other), ["revoke"]],
    ["NOT OFF", me("admin", "technician"), grant("ending"), []],
    ["ended", me("admin", "technician"), grant("ended"), []],
  ])("%s", (_, who, g, want) => expect(permitted(who, g)).toEqual(want));
});

test("extensions end at the maximum at the latest", () => {
  expect(extensions(grant("active")).map(({ until }) => new Date(until).toISOString().slice(11, 16))).toEqual(["13:15", "13:30", "14:00", "15:00", "16:00"]);
  expect(extensions(grant("active", { maximum_seconds: 3600 + 120 }))).toHaveLength(1);
});
