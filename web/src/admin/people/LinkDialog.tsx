import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, makeStyles, tokens } from "@fluentui/react-components";
import type { components } from "../../api/schema.gen";
import { CopyButton } from "../../parts/CopyButton";
import { Filled } from "../../parts/Filled";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { texts } from "../../texts/people";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  link: {
    display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground3, borderRadius: tokens.borderRadiusMedium,
  },
  address: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, overflowWrap: "anywhere", flexGrow: 1, minWidth: 0 },
  line: { margin: 0, overflowWrap: "anywhere" },
});

/** A one-time link, shown once. It closes by its button alone, so that it is not lost by a press beside it. */
export function LinkDialog({ name, link, close }: { name: string; link: components["schemas"]["EnrolmentLink"]; close: () => void }) {
  const styles = useStyles();
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle><Filled text={texts.link} values={{ name: <Name of={name} /> }} /></DialogTitle>
          <DialogContent className={styles.content}>
            <p className={styles.line}><Filled text={texts.linkAbout} values={{ name: <Name of={name} />, at: <Instant at={link.expires_at} /> }} /></p>
            <div className={styles.link}>
              <code className={styles.address} data-part="enrolment-link">{link.url}</code>
              <CopyButton what={texts.linkCopy} value={link.url} />
            </div>
            <p className={styles.line}>{texts.linkOnce}</p>
          </DialogContent>
          <DialogActions><Button appearance="primary" onClick={close}>{texts.done}</Button></DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
