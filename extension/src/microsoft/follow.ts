import type { Report, Stop } from "../launch/launches";
import type { Assignment } from "../launch/steps";
import { ask } from "../messages/ask";
import { sameAccount } from "./match";
import { showStop } from "./notice";
import { asksSomething, errorNumber, readStep, sameStep, type Answerable, type Step } from "./reader";

/** How long a page may show nothing that is known before it is called unknown. In ms. */
const patience = 15_000;
/** How often one document may ask for the same thing. */
const often = 2;

type Entry = Extract<Answerable, { account: string; field: HTMLInputElement }>;

/** Answers the page's steps, whether they come with the page or are swapped in, until the page is gone or something is not as expected. */
export function follow({ userName, credential, framed }: Assignment): void {
  const asked = new Map<string, number>();
  let last: Step | undefined, working = false, over = false;

  async function stop(step: Report["step"], why: Stop, code?: string) {
    end(why);
    await ask("stopped", { stop: why, step, code });
  }

  /** Nothing more is done on this page. */
  function end(why: Stop) {
    over = true;
    observer.disconnect();
    clearTimeout(timer);
    showStop(why);
  }

  function enter(entry: { field: HTMLInputElement; next: HTMLElement }, text: string) {
    entry.field.value = text;
    entry.field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
    entry.field.dispatchEvent(new Event("change", { bubbles: true }));
    entry.next.click();
  }

  async function fill(step: Entry) {
    if (step.step !== credential) {
      if (step.instead) return step.instead.click();
      return stop(step.step, { reason: "wrong_credential" });
    }
    const answer = await ask("fill", { step: step.step, account: step.account });
    if ("stop" in answer) return end(answer.stop);
    // The page had time to change meanwhile: what was asked for must still be there, and go to the page's own server.
    if (!sameStep(step, readStep(document)) || !staysHere(step.field)) return stop(step.step, { reason: "changed_field" });
    enter(step, answer.secret);
    await ask("told", { outcome: "filled", step: step.step });
  }

  async function act(step: Step) {
    switch (step.step) {
      case "username":
        enter(step, userName);
        break;
      case "picker": {
        // The account twice, or a tile that says one account and shows another, is no picker that anybody knows.
        const mine = step.tiles.filter(({ account }) => sameAccount(account, userName));
        const shown = step.tiles.filter(({ shows }) => shows.some((text) => sameAccount(text, userName)));
        if (mine.length > 1 || shown.length !== mine.length || shown[0] !== mine[0]) return stop("picker", { reason: "unknown_page" });
        const tile = mine[0]?.tile ?? step.other;
        if (!tile) return stop("picker", { reason: "other_account", saw: step.tiles[0]?.account });
        tile.click();
        break;
      }
      case "pass":
      case "password":
        return fill(step);
      case "stay":
        if (step.account && !sameAccount(step.account, userName)) return stop("stay", { reason: "other_account", saw: step.account });
        step.no.click();
        break;
      case "error":
        return stop("error", { reason: "microsoft_error", saw: step.text }, errorNumber(step.text));
      case "code":
        return stop("code", { reason: "code_asked" });
      case "more":
        return stop("more", { reason: "more_asked", saw: step.text });
    }
    await ask("told", { outcome: "answered", step: step.step });
  }

  async function look() {
    if (working || over) return;
    const step = readStep(document);
    if (!step || (last && sameStep(last, step))) return;
    working = true;
    last = step;
    const times = (asked.get(step.step) ?? 0) + 1;
    asked.set(step.step, times);
    try {
      if (framed) await stop(step.step, { reason: "framed" });
      else await (times > often ? stop(step.step, { reason: "asked_again" }) : act(step));
    } finally {
      working = false;
    }
    if (!over) wait();
    await look(); // what came while this was at work
  }

  function wait() {
    clearTimeout(timer);
    if (framed) return; // it may ask for nothing: places of Microsoft's have such frames
    timer = setTimeout(() => {
      if (!over && asksSomething(document)) void stop("unknown", { reason: last ? "no_answer" : "unknown_page" });
    }, patience);
  }

  const observer = new MutationObserver(() => void look());
  let timer: ReturnType<typeof setTimeout> | undefined;
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["class", "style", "hidden", "aria-hidden"] });
  wait();
  void look();
}

/** Whether the field's form goes to the page's own server. */
function staysHere(field: HTMLInputElement): boolean {
  const target = field.form?.getAttribute("action") ?? "";
  return URL.canParse(target, location.href) && new URL(target, location.href).origin === location.origin;
}
