import { makeStyles, tokens } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";

const useStyles = makeStyles({
  bar: { display: "flex", flexWrap: "wrap", columnGap: tokens.spacingHorizontalXS, borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  tab: {
    position: "relative", padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`, color: tokens.colorNeutralForeground2, textDecorationLine: "none", borderRadius: tokens.borderRadiusMedium,
    ":hover": { color: tokens.colorNeutralForeground1, "::after": { backgroundColor: tokens.colorNeutralStroke1Hover } },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
    "::after": { content: '""', position: "absolute", insetInline: tokens.spacingHorizontalM, bottom: "0", height: "3px", borderRadius: "2px", backgroundColor: "transparent" },
  },
  here: {
    color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold,
    "::after": { backgroundColor: tokens.colorCompoundBrandStroke },
    ":hover": { "::after": { backgroundColor: tokens.colorCompoundBrandStroke } },
  },
});

export type Tab = { to: string; text: string };

/** The parts of a screen, each with an address of its own. */
export function Tabs({ label, tabs, params }: { label: string; tabs: readonly Tab[]; params: Record<string, string> }) {
  const styles = useStyles();
  return (
    <nav aria-label={label} className={styles.bar}>
      {tabs.map(({ to, text }) => <Link key={to} to={to} params={params} className={styles.tab} activeProps={{ className: styles.here }} resetScroll={false}>{text}</Link>)}
    </nav>
  );
}
