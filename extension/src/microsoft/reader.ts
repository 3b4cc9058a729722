// What Microsoft's sign-in page asks for at the moment. Only the page's structure is read, never its words: those are in eighty languages.

/** The account that a step is about, as the page shows it. */
type About = { readonly account: string };
type Entry = { readonly field: HTMLInputElement; readonly next: HTMLElement };

/** One of the accounts to pick from: whose it says it is, and everything that it shows. */
type Tile = { readonly account: string; readonly shows: readonly string[]; readonly tile: HTMLElement };

/** A step that can be answered. */
export type Answerable =
  | ({ readonly step: "username" } & Entry)
  | { readonly step: "picker"; readonly tiles: readonly Tile[]; readonly other?: HTMLElement }
  | ({ readonly step: "pass" | "password"; readonly instead?: HTMLElement } & Entry & About)
  | ({ readonly step: "stay"; readonly no: HTMLElement } & About);

/** A step at which a person has to go on. */
export type Obstacle = { readonly step: "error" | "code" | "more"; readonly text: string };

export type Step = Answerable | Obstacle;

/**
 * The names by which the page's parts are known. They have been the same for years and are used by many tools, but Microsoft
 * documents none of them: what is not found leads to a stop, never to a guess.
 */
const parts = {
  errors: "#usernameError, #passwordError, #idSpan_SAOTCC_Error_OTC, #exceptionMessageContainer, #service_exception_message, #error_Info, .alert-error",
  more: "#ProofUpDescription, #idDiv_SAOTCS_Title, #idDiv_SAOTCAS_Title",
  code: "input[name=otc]",
  stay: "#KmsiDescription, #KmsiCheckboxField",
  no: "#idBtn_Back",
  userName: "input[name=loginfmt]",
  password: "input[name=passwd]",
  pass: "input[name=accesspass]",
  next: "#idSIButton9",
  account: "#displayName",
  tiles: "#tilesHolder .tile [role=button][data-test-id]:not(#otherTile)",
  otherTile: "#otherTile",
  toPass: "#switchToPass",
  toPassword: "#switchToPassword",
} as const;

/** Reads the step; undefined while there is none: a page that is still coming, or that asks for nothing. */
export function readStep(page: Document, seen: (element: Element) => boolean = isSeen): Step | undefined {
  const all = (selector: string) => [...page.querySelectorAll<HTMLElement>(selector)].filter(seen);
  const one = (selector: string) => all(selector)[0];
  const field = (selector: string) => all(selector).find((element): element is HTMLInputElement => element.localName === "input");

  const error = all(parts.errors).find(hasText);
  if (error) return { step: "error", text: textOf(error) };
  const more = one(parts.more);
  if (more) return { step: "more", text: textOf(more) };
  const code = one(parts.code);
  if (code) return { step: "code", text: "" };

  const shown = one(parts.account);
  const account = shown ? textOf(shown) : "";
  const next = one(parts.next);
  const no = one(parts.no);
  if (one(parts.stay)) return no && { step: "stay", account, no };

  const pass = field(parts.pass);
  if (pass) return next && { step: "pass", account, field: pass, next, instead: one(parts.toPassword) };
  const password = field(parts.password);
  if (password) return next && { step: "password", account, field: password, next, instead: one(parts.toPass) };
  const userName = field(parts.userName);
  if (userName) return next && { step: "username", field: userName, next };

  const tiles = all(parts.tiles).map((tile) => ({ account: tile.dataset.testId ?? "", shows: leavesOf(tile), tile }));
  const other = one(parts.otherTile);
  return tiles.length || other ? { step: "picker", tiles, other } : undefined;
}

/** Whether the page asks for anything at all that a person could answer. */
export function asksSomething(page: Document, seen: (element: Element) => boolean = isSeen): boolean {
  return [...page.querySelectorAll("input:not([type=hidden]), button, [role=button]")].some(seen);
}

/** Whether two readings are of the same step, on the same elements. */
export function sameStep(a: Step, b: Step | undefined): boolean {
  if (!b || a.step !== b.step) return false;
  if ("field" in a) return "field" in b && a.field === b.field && (!("account" in a) || ("account" in b && a.account === b.account));
  if ("no" in a) return "no" in b && a.no === b.no;
  if ("tiles" in a) return "tiles" in b && a.tiles[0]?.tile === b.tiles[0]?.tile && a.other === b.other;
  return "text" in a && "text" in b && a.text === b.text;
}

/** The number of Microsoft's error, such as 50057 of AADSTS50057; undefined where the page shows none. */
export const errorNumber = (text: string) => /AADSTS(\d{4,7})(?!\d)/.exec(text)?.[1];

/** Microsoft keeps fields for password managers on the page that nobody sees, and that are no steps. */
function isSeen(element: Element): boolean {
  return !element.closest(".moveOffScreen, [aria-hidden=true], [hidden]") && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

const leavesOf = (element: Element) => [...element.querySelectorAll("*")].filter((part) => !part.childElementCount).map(textOf);
const textOf = (element: Element) => (element.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, 300);
const hasText = (element: Element) => textOf(element) !== "";
