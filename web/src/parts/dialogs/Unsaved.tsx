import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";
import { texts } from "../../texts/shell";

/** Asks whether changes that are not saved shall be left behind. */
export function Unsaved({ title = texts.unsaved, help = texts.unsavedHelp, leave, stay }: { title?: string; help?: string; leave: () => void; stay: () => void }) {
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>{help}</DialogContent>
          <DialogActions>
            <Button onClick={leave}>{texts.leaveUnsaved}</Button>
            <Button appearance="primary" onClick={stay}>{texts.stay}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
