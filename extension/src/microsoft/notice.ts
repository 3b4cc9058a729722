import { say } from "../../../web/src/texts/say";
import type { Stop } from "../launch/launches";
import { make, overlay } from "../overlay";
import { of, texts } from "../texts";

/** Tells on the page why nothing more is filled, and what the page said. */
export function showStop(stop: Stop): void {
  const { root, remove } = overlay({ insetBlockStart: "16px", insetInline: "0", display: "grid", justifyContent: "center" });
  const dismiss = make("button", { font: "inherit", padding: "4px 12px", border: "1px solid currentColor", borderRadius: "4px", background: "transparent", color: "inherit", cursor: "pointer", justifySelf: "start" }, texts.close);
  dismiss.addEventListener("click", remove);
  const box = make("div", {
    display: "grid", gap: "8px", maxWidth: "420px", padding: "14px 18px", borderRadius: "8px", background: "#fff4ce", color: "#3b2f00",
    border: "1px solid #8a6d00", boxShadow: "0 4px 16px rgb(0 0 0 / 30%)",
  },
  make("strong", {}, texts.stopped),
  make("span", {}, of("stop_", stop.reason)),
  ...(stop.saw ? [make("span", { overflowWrap: "anywhere" }, say(texts.saw, { text: stop.saw }))] : []),
  make("span", {}, texts.stopHelp), dismiss);
  box.setAttribute("role", "alert");
  root.append(box);
}
