import { defineUnlistedScript } from "wxt/utils/define-unlisted-script";
import { initials } from "../../web/src/parts/initials";
import { length } from "../../web/src/parts/times";
import { say } from "../../web/src/texts/say";
import { ask } from "../src/messages/ask";
import type { Where } from "../src/messages/protocol";
import { make, overlay } from "../src/overlay";
import { coloursOf } from "../src/screens/colours";
import { texts } from "../src/texts";

const askAgain = 15_000; // ms

// On Microsoft's admin sites, in tabs that were opened with a grant: which customer this is, and for how long.
export default defineUnlistedScript(async () => {
  let where = await ask("where", {});
  if (!where) return;
  const shown = badge();
  const draw = setInterval(() => where && shown.draw(where), 1000);
  shown.draw(where);
  const again = setInterval(() => void ask("where", {}).then((answer) => {
    where = answer;
    if (answer) return;
    clearInterval(draw);
    clearInterval(again);
    shown.remove();
  }), askAgain);
});

const button = { font: "inherit", padding: "2px 10px", border: "1px solid currentColor", borderRadius: "4px", background: "transparent", color: "inherit", cursor: "pointer" };

function badge() {
  const { root, remove } = overlay({ insetBlockEnd: "16px", insetInlineStart: "16px" });
  const mark = make("button", { ...button, border: "none", fontWeight: "600", minWidth: "28px", padding: "4px" });
  const text = make("span", { overflowWrap: "anywhere", fontVariantNumeric: "tabular-nums" });
  const extend = make("button", button, texts.extend);
  const end = make("button", button, texts.end);
  const box = make("div", { display: "flex", gap: "8px", alignItems: "center", maxWidth: "360px", padding: "4px 10px 4px 4px", borderRadius: "6px", boxShadow: "0 2px 8px rgb(0 0 0 / 35%)" }, mark, text, extend, end);
  box.setAttribute("role", "status");
  root.append(box);

  let small = false, sure = false;
  extend.addEventListener("click", () => void ask("extend", {}));
  end.addEventListener("click", () => {
    if (sure) void ask("end", {});
    else end.textContent = texts.endSure;
    sure = true;
  });
  mark.addEventListener("click", () => {
    small = !small;
  });

  function draw({ customer, expires_at, warn_at, ahead, extendable }: Where) {
    const now = Date.now() + ahead, near = warn_at !== undefined && Date.parse(warn_at) <= now;
    const { light, dark } = coloursOf(customer.id);
    Object.assign(box.style, { background: near ? "#fff4ce" : light, color: near ? "#3b2f00" : dark, border: `1px solid ${dark}` });
    Object.assign(mark.style, { background: dark, color: light });
    mark.textContent = initials(customer.name);
    mark.setAttribute("aria-label", small ? texts.whereShow : texts.whereHide);
    text.textContent = say(texts.where, { customer: customer.name, left: length(Date.parse(expires_at) - now) });
    extend.style.display = near && extendable && !small ? "" : "none";
    end.style.display = near && !small ? "" : "none";
    text.style.display = small ? "none" : "";
  }
  return { draw, remove };
}
