import { useBlocker } from "@tanstack/react-router";
import { later } from "./later";

const Unsaved = later(() => import("./dialogs/Unsaved").then((m) => m.Unsaved));

/** Asks before changes that are not saved are left behind, or what else is said. */
export function LeaveGuard({ when, title, help }: { when: boolean; title?: string; help?: string }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: when,
    withResolver: true,
  });
  return status === "blocked" && <Unsaved title={title} help={help} leave={proceed} stay={reset} />;
}
