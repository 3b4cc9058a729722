import { expect, test } from "vitest";
import { count, pieces, say } from "./say";

test("names are filled in, each as it is", () => expect(say("{a} at {b}", { a: "$&{b}", b: "x" })).toBe("$&{b} at x"));
test("the number decides on the form", () => {
  const grants = { one: "{n} grant", other: "{n} grants" };
  expect([0, 1, 2].map((n) => count(grants, n))).toEqual(["0 grants", "1 grant", "2 grants"]);
});
test("a text comes in pieces", () => expect(pieces("by {who}.")).toEqual([{ text: "by " }, { text: "", name: "who" }, { text: "." }]));
