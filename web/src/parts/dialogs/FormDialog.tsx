import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Spinner, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { texts } from "../../texts/shell";
import { ProblemBox } from "../ProblemBox";

const useStyles = makeStyles({
  title: { overflowWrap: "anywhere" },
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, overflowWrap: "anywhere" },
});

export type Props = {
  title: ReactNode;
  button: string;
  action: { run: () => Promise<void>; working: boolean; problem?: unknown };
  close: () => void;
  children: ReactNode;
};

export function FormDialog({ title, button, action, close, children }: Props) {
  const styles = useStyles();
  return (
    <Dialog open onOpenChange={(_, { open }) => { if (!open) close(); }}>
      <DialogSurface>
        <form onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}>
          <DialogBody>
            <DialogTitle className={styles.title}>{title}</DialogTitle>
            <DialogContent className={styles.content}>
              {action.problem !== undefined && <ProblemBox of={action.problem} />}
              {children}
            </DialogContent>
            <DialogActions>
              <Button onClick={close}>{texts.cancel}</Button>
              <Button type="submit" appearance="primary" icon={action.working ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={action.working}>{button}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
