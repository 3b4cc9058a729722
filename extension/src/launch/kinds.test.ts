import { expect, test } from "vitest";
import { freeKind, kindsFor } from "./kinds";
import type { Launch } from "./launches";

const open = (grant: string, place: Launch["place"], jar: Launch["jar"]) => ({ grant, place, jar }) as Launch;
const chrome = { containers: false, privateWindows: false }, chromeAllowed = { containers: false, privateWindows: true }, firefox = { containers: true, privateWindows: true };

test("what a browser has and the person wants, best first", () => {
  expect(kindsFor("auto", firefox)).toEqual(["container", "private", "shared"]);
  expect(kindsFor("auto", chromeAllowed)).toEqual(["private", "shared"]);
  expect(kindsFor("auto", chrome)).toEqual(["shared"]);
  expect(kindsFor("private", chromeAllowed)).toEqual(["private"]);
  expect(kindsFor("private", chrome), "there is nothing else").toEqual(["shared"]);
  expect(kindsFor("window", firefox)).toEqual(["shared"]);
  expect(kindsFor("container", firefox)).toEqual(["container"]);
});

test("two customers never mix", () => {
  const first = open("contoso", "microsoft365", "shared");
  expect(freeKind(["shared"], "microsoft365", "fabrikam", [first])).toEqual({ occupiedBy: "contoso" });
  expect(freeKind(["shared"], "microsoft365", "contoso", [first]), "the same grant may").toEqual({ kind: "shared" });
  expect(freeKind(["shared"], "exchange", "fabrikam", [first]), "another place has other cookies").toEqual({ kind: "shared" });
  expect(freeKind(["private", "shared"], "microsoft365", "fabrikam", [open("contoso", "microsoft365", "private")]), "the other jar is free").toEqual({ kind: "shared" });
  expect(freeKind(["shared"], "entra", "fabrikam", [open("contoso", "entra", "shared")]), "Entra's address names the tenant").toEqual({ kind: "shared" });
  expect(freeKind(["container"], "microsoft365", "fabrikam", [open("contoso", "microsoft365", "container:1")]), "each has a container").toEqual({ kind: "container" });
});
