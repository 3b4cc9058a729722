import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/queries";
import type { Entitlement, Team } from "../queries";
import { Matrix, noChanges, type Changes } from "./model";

const named = (id: string) => ({ id, name: id });
const now = Date.parse("2026-11-22T12:00:00Z");
const teams = [{ id: "first", name: "First level", revision: 1, members: [named("ada"), named("grace")] }] as Team[];
const may = (id: string, who: Partial<Entitlement>, profile: string, customer?: string, ends_at?: string): Entitlement => ({ id, ...who, profile: named(profile), ...(customer ? { customer: named(customer) } : {}), ...(ends_at ? { ends_at } : {}) });
const ada = { kind: "person", id: "ada" } as const;
const entitlements = [
  may("1", { person: named("ada") }, "desk", "contoso"),
  may("2", { team: named("first") }, "desk"),
  may("3", { person: named("ada") }, "global", "fabrikam"),
  may("4", { person: named("ada") }, "global", "contoso", "2026-11-22T11:59:00Z"),
];
const live = (person: string, customer: string, profile: string, state = "active") => ({ id: `${person} ${customer}`, person: named(person), customer: named(customer), profile: named(profile), state }) as Grant;
const after = (changes: Partial<Changes>) => new Matrix(entitlements, teams, { ...noChanges, ...changes }, now);

describe("why", () => {
  test("own ones come before those of a team, and ended ones say nothing", () => expect(after({}).reasons(ada, "contoso").map(({ id }) => id)).toEqual(["1", "2"]));
  test("all customers are a place of their own", () => expect(after({}).reasons(ada).map(({ id }) => id)).toEqual(["2"]));
  test("a team has only its own", () => expect(after({}).reasons({ kind: "team", id: "first" }, "contoso").map(({ id }) => id)).toEqual(["2"]));
  test("somebody else has nothing", () => expect(after({}).reasons({ kind: "person", id: "alan" }, "contoso")).toEqual([]));
});

describe("what ends", () => {
  test("a grant whose only entitlement is taken", () => expect(after({ takes: new Set(["3"]) }).ending([live("ada", "fabrikam", "global")])).toHaveLength(1));
  test("not one that a team still allows", () => expect(after({ takes: new Set(["1"]) }).ending([live("ada", "contoso", "desk")])).toEqual([]));
  test("all members' when the team's is taken, save whom another one allows", () => {
    const ending = after({ takes: new Set(["2"]) }).ending([live("ada", "contoso", "desk"), live("grace", "contoso", "desk"), live("grace", "fabrikam", "desk")]);
    expect(ending.map(({ id }) => id)).toEqual(["grace contoso", "grace fabrikam"]);
  });
  test("not one that is given anew at once", () => {
    const gifts = [{ key: "new", subject: { kind: "person", id: "ada", name: "Ada" } as const, profile: named("global"), customer: named("fabrikam") }];
    expect(after({ takes: new Set(["3"]), gifts }).ending([live("ada", "fabrikam", "global")])).toEqual([]);
  });
  test("not what is ending already, nor what rested on nothing before", () => {
    expect(after({ takes: new Set(["3"]) }).ending([live("ada", "fabrikam", "global", "ending"), live("alan", "fabrikam", "global")])).toEqual([]);
  });
});

test("every entitlement is read once, however many cells are asked for", () => {
  let read = 0;
  const many = Array.from({ length: 2_000 }, (_, i) => {
    const { id, profile, customer } = may(String(i), {}, "desk", `c${i % 100}`);
    return { id, profile, customer, get person() { read++; return named(`p${i % 50}`); } };
  });
  const matrix = new Matrix(many, teams, noChanges, now);
  for (let p = 0; p < 50; p++) for (let c = 0; c < 100; c++) matrix.reasons({ kind: "person", id: `p${p}` }, `c${c}`);
  expect(read).toBe(many.length);
  expect(matrix.reasons({ kind: "person", id: "p7" }, "c7")).toHaveLength(20);
});
