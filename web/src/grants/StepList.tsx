import { Spinner, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled } from "@fluentui/react-icons/svg/checkmark-circle";
import { CircleRegular } from "@fluentui/react-icons/svg/circle";
import { ErrorCircleFilled } from "@fluentui/react-icons/svg/error-circle";
import type { ReactElement } from "react";
import type { Grant } from "../api/queries";
import { texts } from "../texts/grants";
import { stepsOf, type Step } from "./steps";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  step: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minHeight: "20px" },
  icon: { display: "inline-flex", width: "20px", fontSize: "20px", justifyContent: "center", flexShrink: 0 },
  done: { color: tokens.colorPaletteGreenForeground1 },
  failed: { color: tokens.colorPaletteRedForeground1 },
  later: { color: tokens.colorNeutralForeground3 },
  now: { fontWeight: tokens.fontWeightSemibold },
});

const words: Record<Step["name"], string> = { approval: texts.stepApproval, account: texts.stepAccount, credential: texts.stepCredential, roles: texts.stepRoles };
const spoken: Record<Step["state"], string> = { done: texts.stepDone, now: texts.stepNow, later: texts.stepLater, failed: texts.stepFailed };
const icons: Record<Step["state"], ReactElement> = {
  done: <CheckmarkCircleFilled />, now: <Spinner size="extra-tiny" />, later: <CircleRegular />, failed: <ErrorCircleFilled />,
};

/** The real steps between the request and the access, as they happen. */
export function StepList({ grant }: { grant: Grant }) {
  const styles = useStyles();
  return (
    <ol className={styles.list} aria-label={texts.steps}>
      {stepsOf(grant).map(({ name, state }) => (
        <li key={name} className={mergeClasses(styles.step, state === "later" && styles.later, state === "now" && styles.now)} data-step={state} aria-current={state === "now" ? "step" : undefined}>
          <span aria-hidden className={mergeClasses(styles.icon, state === "done" && styles.done, state === "failed" && styles.failed)}>{icons[state]}</span>
          <span>{words[name]}<span className="unseen">: {spoken[state]}</span></span>
        </li>
      ))}
    </ol>
  );
}
