import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";
import { useBlocker } from "@tanstack/react-router";
import { texts } from "../texts/shell";

/** Asks before changes that are not saved are left behind. */
export function LeaveGuard({ when }: { when: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: when,
    withResolver: true,
  });
  return (
    <Dialog open={status === "blocked"} modalType="alert" onOpenChange={(_, { open }) => { if (!open) reset?.(); }}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{texts.unsaved}</DialogTitle>
          <DialogContent>{texts.unsavedHelp}</DialogContent>
          <DialogActions>
            <Button onClick={proceed}>{texts.leaveUnsaved}</Button>
            <Button appearance="primary" onClick={reset}>{texts.stay}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
