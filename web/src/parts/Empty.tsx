import { Subtitle2, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";

const useStyles = makeStyles({
  empty: {
    display: "flex", flexDirection: "column", alignItems: "center", textAlign: "center", gap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`, color: tokens.colorNeutralForeground2,
    borderRadius: tokens.borderRadiusXLarge, backgroundColor: tokens.colorNeutralBackground1, border: `1px dashed ${tokens.colorNeutralStroke1}`,
  },
  icon: { fontSize: "40px", lineHeight: 0, color: tokens.colorBrandForeground1 },
  title: { margin: 0, color: tokens.colorNeutralForeground1 },
  help: { margin: 0, maxWidth: "56ch" },
});

/** A place where nothing is yet: it says what will be here and how it comes to be. */
export function Empty({ icon, title, help, children, level = "h2" }: { icon?: ReactNode; title: string; help?: ReactNode; children?: ReactNode; level?: "h1" | "h2" | "h3" }) {
  const styles = useStyles();
  return (
    <div className={styles.empty}>
      {icon && <span className={styles.icon} aria-hidden>{icon}</span>}
      <Subtitle2 as={level} className={styles.title}>{title}</Subtitle2>
      {help && <p className={styles.help}>{help}</p>}
      {children}
    </div>
  );
}
