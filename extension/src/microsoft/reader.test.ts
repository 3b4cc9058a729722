// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { pages } from "./pages.fixture";
import { asksSomething, errorNumber, readStep, sameStep } from "./reader";

// Nothing is laid out here: what is hidden is hidden by the page's own marks. Real browsers are asked in e2e.
const seen = (element: Element) => !element.closest(".moveOffScreen, [aria-hidden=true], [hidden]");
const read = (markup: string) => {
  const page = new DOMParser().parseFromString(`<body>${markup}</body>`, "text/html");
  return { page, step: readStep(page, seen) };
};
const me = "x@contoso.example";

describe("the sign-in page's steps", () => {
  test.each([
    ["a user name, beside a hidden field for a password", pages.userName, { step: "username" }],
    ["a password, beside a hidden user name", pages.password(me), { step: "password", account: me }],
    ["a pass", pages.pass(me), { step: "pass", account: me }],
    ["Stay signed in?, whose No has the id of Back elsewhere", pages.stay(me), { step: "stay", account: me }],
    ["a code", pages.code, { step: "code" }],
    ["more information", pages.more, { step: "more", text: "Your organization needs more information. (AADSTS50079)" }],
    ["a refused user name", pages.unknownUser, { step: "error", text: "We couldn't find an account with that username." }],
    ["a refused pass, before the field for another try", pages.wrongPass(me), { step: "error" }],
    ["a disabled account", pages.disabled, { step: "error" }],
  ])("%s", (_, markup, expected) => {
    expect(read(markup).step).toMatchObject(expected);
  });

  test("the account picker names each account, and the way to another one", () => {
    const { step } = read(pages.picker("a@fabrikam.example", me));
    if (step?.step !== "picker") throw new Error(`it was read as ${step?.step}`);
    expect(step.tiles.map(({ account }) => account), "and not the menus beside them").toEqual(["a@fabrikam.example", me]);
    expect(step.tiles[1]!.shows).toEqual(["Grace", me, "Signed in"]);
    expect(step.other?.id).toBe("otherTile");
  });

  test("a page that asks for nothing known is no step", () => {
    expect(read(pages.nothing).step).toBeUndefined();
    expect(asksSomething(read(pages.nothing).page, seen)).toBe(false);
    expect(read(pages.foreign).step).toBeUndefined();
    expect(asksSomething(read(pages.foreign).page, seen)).toBe(true);
  });

  test("a field without its button is no step yet", () => {
    expect(read(pages.pass(me).replace("idSIButton9", "later")).step).toBeUndefined();
  });

  test("a password field that is not an input is not filled", () => {
    expect(read(pages.password(me).replace('<input name="passwd" type="password" id="i0118">', '<div name="passwd" contenteditable></div>')).step).toBeUndefined();
  });
});

test("the same step is the same elements with the same account", () => {
  const { page, step } = read(pages.pass(me));
  expect(sameStep(step!, readStep(page, seen))).toBe(true);
  page.querySelector("#displayName")!.textContent = "other@contoso.example";
  expect(sameStep(step!, readStep(page, seen)), "another account is another step").toBe(false);
  page.querySelector("#displayName")!.textContent = me;
  page.querySelector("[name=accesspass]")!.replaceWith(page.querySelector("[name=accesspass]")!.cloneNode());
  expect(sameStep(step!, readStep(page, seen)), "another field is another step").toBe(false);
});

test("the number of Microsoft's error, and nothing that only looks like one", () => {
  expect(errorNumber("Locked (AADSTS50057).")).toBe("50057");
  expect(errorNumber("AADSTS12345678")).toBeUndefined();
  expect(errorNumber("Error 50057")).toBeUndefined();
});
