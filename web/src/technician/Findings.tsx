import { makeStyles, tokens } from "@fluentui/react-components";
import { WarningRegular } from "@fluentui/react-icons/svg/warning";
import type { ReactNode } from "react";
import type { ReachableProfile } from "../api/queries";

const useStyles = makeStyles({
  finding: { display: "flex", gap: tokens.spacingHorizontalS, margin: 0, color: tokens.colorNeutralForeground2, "& svg": { flexShrink: 0, fontSize: "20px", color: tokens.colorStatusWarningForeground1 } },
});

/** Something that stands in the way, or soon will. */
export const Finding = ({ children }: { children: ReactNode }) => <p className={useStyles().finding}><WarningRegular aria-hidden /><span>{children}</span></p>;

/** What pre-flight found about a profile at a customer, said before anybody asks for it. */
export const Findings = ({ of }: { of: ReachableProfile }) =>
  (of.findings ?? []).filter(({ severity }) => severity !== "info").map((f, i) => <Finding key={`${f.code} ${i}`}>{f.sentence}</Finding>);
