import { Title2, makeStyles, tokens } from "@fluentui/react-components";
import { useEffect, type ReactNode } from "react";
import { texts } from "../texts/shell";

const useStyles = makeStyles({
  ground: { minHeight: "100dvh", display: "grid", placeItems: "center", padding: tokens.spacingHorizontalL, backgroundColor: tokens.colorNeutralBackground3 },
  card: {
    width: "100%", maxWidth: "440px", display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, padding: "40px",
    backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow16, border: `1px solid ${tokens.colorTransparentStroke}`, overflowWrap: "anywhere",
    "@media (max-width: 480px)": { padding: "28px 20px" },
  },
  brand: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  title: { margin: 0 },
});

/** The frame of the screens that somebody sees who is not signed in. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  const styles = useStyles();
  useEffect(() => { document.title = `${title} · ${texts.product}`; }, [title]);
  return (
    <main className={styles.ground}>
      <div className={styles.card}>
        <div className={styles.brand}><img src="/icon.svg" alt="" width="28" height="28" />{texts.product}</div>
        <Title2 as="h1" className={styles.title}>{title}</Title2>
        {children}
      </div>
    </main>
  );
}
