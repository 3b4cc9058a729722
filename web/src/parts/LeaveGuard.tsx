import { useBlocker } from "@tanstack/react-router";
import { later } from "./later";

const Unsaved = later(() => import("./dialogs/Unsaved").then((m) => m.Unsaved));

/** Asks before changes that are not saved are left behind. */
export function LeaveGuard({ when }: { when: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: when,
    withResolver: true,
  });
  return status === "blocked" && <Unsaved leave={proceed} stay={reset} />;
}
