import { Spinner, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled } from "@fluentui/react-icons/svg/checkmark-circle";
import { CircleRegular } from "@fluentui/react-icons/svg/circle";
import { ErrorCircleFilled } from "@fluentui/react-icons/svg/error-circle";
import type { ReactElement, ReactNode } from "react";
import { texts } from "../texts/shell";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  step: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS, minHeight: "20px", overflowWrap: "anywhere" },
  icon: { display: "inline-flex", width: "20px", height: "20px", fontSize: "20px", alignItems: "center", justifyContent: "center", flexShrink: 0 },
  words: { minWidth: 0, flexGrow: 1 },
  done: { color: tokens.colorPaletteGreenForeground1 },
  failed: { color: tokens.colorPaletteRedForeground1 },
  later: { color: tokens.colorNeutralForeground3 },
  now: { fontWeight: tokens.fontWeightSemibold },
  side: { color: tokens.colorNeutralForeground2, flexShrink: 0, fontVariantNumeric: "tabular-nums" },
});

export type Step = { name: string; text: ReactNode; state: "done" | "now" | "later" | "failed"; side?: ReactNode };

const icons: Record<Step["state"], ReactElement> = {
  done: <CheckmarkCircleFilled />, now: <Spinner size="extra-tiny" />, later: <CircleRegular />, failed: <ErrorCircleFilled />,
};
const spoken: Record<Step["state"], string> = { done: texts.stepDone, now: texts.stepNow, later: texts.stepLater, failed: texts.stepFailed };

/** Real steps as they happen. */
export function Steps({ label, steps }: { label: string; steps: readonly Step[] }) {
  const styles = useStyles();
  return (
    <ol className={styles.list} aria-label={label}>
      {steps.map(({ name, text, state, side }) => (
        <li key={name} className={mergeClasses(styles.step, state === "later" && styles.later, state === "now" && styles.now)} data-step={state} aria-current={state === "now" ? "step" : undefined}>
          <span aria-hidden className={mergeClasses(styles.icon, state === "done" && styles.done, state === "failed" && styles.failed)}>{icons[state]}</span>
          <span className={styles.words}>{text}<span className="unseen">: {spoken[state]}</span></span>
          {side && <span className={styles.side}>{side}</span>}
        </li>
      ))}
    </ol>
  );
}
