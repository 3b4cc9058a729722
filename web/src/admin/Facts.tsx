import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";

const useStyles = makeStyles({
  facts: {
    display: "grid", gridTemplateColumns: "minmax(8rem, max-content) minmax(0, 1fr)", gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalXL}`, margin: 0, alignItems: "center",
    "@media (max-width: 40rem)": { gridTemplateColumns: "minmax(0, 1fr)", rowGap: "0" },
  },
  name: { color: tokens.colorNeutralForeground2, "@media (max-width: 40rem)": { paddingTop: tokens.spacingVerticalS, fontSize: tokens.fontSizeBase200 } },
  value: {
    margin: 0, overflowWrap: "anywhere", minHeight: "32px", display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalXS,
    "& code": { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
    "@media (max-width: 40rem)": { minHeight: "auto" },
  },
});

/** What is to be known of one thing, name beside value. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={useStyles().facts}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  const styles = useStyles();
  return <><dt className={styles.name}>{name}</dt><dd className={styles.value}>{children}</dd></>;
}
