import { Toast, ToastBody, ToastTitle, useToastController } from "@fluentui/react-components";
import { useMemo } from "react";
import { Problem } from "../api/problem";
import { later } from "../parts/later";
import { say } from "../texts/say";
import { texts } from "../texts/shell";

const toaster = "toasts";
const Toaster = later(() => import("./Toaster").then((m) => m.Toaster));

// What happens before the place for toasts has come is said when it has.
let come: () => void;
const there = new Promise<void>((resolve) => { come = resolve; });

/** There is one, in the root. */
export const Toasts = () => <Toaster id={toaster} onThere={come} />;

type Show = ReturnType<typeof useToastController>["dispatchToast"];

/** Short words about something that happened; they leave by themselves, so nothing may be said here alone that matters later. */
export function useToasts() {
  const { dispatchToast } = useToastController(toaster);
  return useMemo(() => toastsBy((...toast) => void there.then(() => dispatchToast(...toast))), [dispatchToast]);
}

const toastsBy = (show: Show) => ({
  done(title: string, detail?: string) {
    show(<Toast><ToastTitle>{title}</ToastTitle>{detail && <ToastBody>{detail}</ToastBody>}</Toast>, { intent: "success" });
  },
  warn(title: string, detail?: string) {
    show(<Toast><ToastTitle>{title}</ToastTitle>{detail && <ToastBody>{detail}</ToastBody>}</Toast>, { intent: "warning", timeout: 15_000 });
  },
  /** What went wrong with something that has no place of its own on the screen. */
  problem(thrown: unknown) {
    const { document, requestID } = Problem.of(thrown);
    show(
      <Toast>
        <ToastTitle>{document.title}</ToastTitle>
        <ToastBody subtitle={requestID && say(texts.requestID, { id: requestID })}>
          {[document.detail, ...(document.errors ?? []).map((e) => e.advice)].join(" ")}
        </ToastBody>
      </Toast>,
      { intent: "error", timeout: 20_000 },
    );
  },
});
