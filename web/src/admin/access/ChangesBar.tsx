import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { texts } from "../../texts/access";
import { count } from "../../texts/say";
import { noChanges, size, type Changes } from "./model";

const useStyles = makeStyles({
  bar: {
    position: "sticky", bottom: tokens.spacingVerticalM, zIndex: 3, display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow16, border: `1px solid ${tokens.colorBrandStroke1}`,
  },
  words: { flexGrow: 1, fontWeight: tokens.fontWeightSemibold },
});

/** What is collected and not saved yet. */
export function ChangesBar({ changes, change, preview }: { changes: Changes; change: (to: Changes) => void; preview: () => void }) {
  const styles = useStyles();
  return (
    <div className={styles.bar} role="region" aria-label={texts.preview}>
      <span className={styles.words} role="status">{count(texts.changes, size(changes))}</span>
      <Button onClick={() => change(noChanges)}>{texts.discard}</Button>
      <Button appearance="primary" onClick={preview}>{texts.preview}</Button>
    </div>
  );
}
