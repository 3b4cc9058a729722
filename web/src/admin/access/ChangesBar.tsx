import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { useState } from "react";
import { later } from "../../parts/later";
import { texts } from "../../texts/access";
import { count } from "../../texts/say";
import type { Entitlement } from "../queries";
import { noChanges, size, type Changes, type Matrix } from "./model";

const Preview = later(() => import("./Preview").then((m) => m.Preview));

const useStyles = makeStyles({
  bar: {
    position: "sticky", bottom: tokens.spacingVerticalM, zIndex: 3, display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow16, border: `1px solid ${tokens.colorBrandStroke1}`,
  },
  words: { flexGrow: 1, fontWeight: tokens.fontWeightSemibold },
});

export type Props = { changes: Changes; change: (to: Changes) => void; entitlements: readonly Entitlement[]; matrix: Matrix };

/** What is collected and not saved yet. */
export function ChangesBar(props: Props) {
  const styles = useStyles();
  const [previewing, setPreviewing] = useState(false);
  return (
    <div className={styles.bar} role="region" aria-label={texts.preview}>
      <span className={styles.words} role="status">{count(texts.changes, size(props.changes))}</span>
      <Button onClick={() => props.change(noChanges)}>{texts.discard}</Button>
      <Button appearance="primary" onClick={() => setPreviewing(true)}>{texts.preview}</Button>
      {previewing && <Preview {...props} close={() => setPreviewing(false)} />}
    </div>
  );
}
