import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";

const useStyles = makeStyles({
  list: {
    display: "flex", flexDirection: "column", height: "16rem", overflowY: "auto", padding: tokens.spacingHorizontalXS,
    border: `1px solid ${tokens.colorNeutralStroke1}`, borderRadius: tokens.borderRadiusMedium,
  },
});

/** Many things to choose from, in a box that keeps its height however many are found. */
export function ChoiceList({ label, children }: { label: string; children: ReactNode }) {
  return <div className={useStyles().list} role="group" aria-label={label} tabIndex={0}>{children}</div>;
}
