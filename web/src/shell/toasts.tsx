import { Toast, ToastBody, ToastTitle, useToastController } from "@fluentui/react-components";
import { useMemo } from "react";
import { Problem } from "../api/problem";
import { later } from "../parts/later";
import { say } from "../texts/say";
import { texts } from "../texts/shell";

const toaster = "toasts";
const Toaster = later(() => import("./Toaster").then((m) => m.Toaster));

/** There is one, in the root. */
export const Toasts = () => <Toaster id={toaster} />;

/** Short words about something that happened; they leave by themselves, so nothing may be said here alone that matters later. */
export function useToasts() {
  const { dispatchToast } = useToastController(toaster);
  return useMemo(() => ({
    done(title: string, detail?: string) {
      dispatchToast(<Toast><ToastTitle>{title}</ToastTitle>{detail && <ToastBody>{detail}</ToastBody>}</Toast>, { intent: "success" });
    },
    warn(title: string, detail?: string) {
      dispatchToast(<Toast><ToastTitle>{title}</ToastTitle>{detail && <ToastBody>{detail}</ToastBody>}</Toast>, { intent: "warning", timeout: 15_000 });
    },
    /** What went wrong with something that has no place of its own on the screen. */
    problem(thrown: unknown) {
      const { document, requestID } = Problem.of(thrown);
      dispatchToast(
        <Toast>
          <ToastTitle>{document.title}</ToastTitle>
          <ToastBody subtitle={requestID && say(texts.requestID, { id: requestID })}>
            {[document.detail, ...(document.errors ?? []).map((e) => e.advice)].join(" ")}
          </ToastBody>
        </Toast>,
        { intent: "error", timeout: 20_000 },
      );
    },
  }), [dispatchToast]);
}
