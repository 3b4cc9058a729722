import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";
import { texts } from "../../texts/shell";

/** Asks whether changes that are not saved shall be left behind. */
export function Unsaved({ leave, stay }: { leave: () => void; stay: () => void }) {
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{texts.unsaved}</DialogTitle>
          <DialogContent>{texts.unsavedHelp}</DialogContent>
          <DialogActions>
            <Button onClick={leave}>{texts.leaveUnsaved}</Button>
            <Button appearance="primary" onClick={stay}>{texts.stay}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
