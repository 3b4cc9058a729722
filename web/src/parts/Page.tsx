import { Subtitle1, makeStyles, tokens } from "@fluentui/react-components";
import { useEffect, type ReactNode } from "react";
import { texts } from "../texts/shell";

const useStyles = makeStyles({
  page: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXL },
  top: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "center", justifyContent: "space-between" },
  words: { minWidth: 0, overflowWrap: "anywhere" },
  title: { margin: 0, fontSize: tokens.fontSizeBase600, lineHeight: tokens.lineHeightBase600 },
  about: { margin: `${tokens.spacingVerticalXXS} 0 0`, color: tokens.colorNeutralForeground2, maxWidth: "70ch" },
});

/** A screen: its title, which is the document's too, a sentence about it, what can be done on it, and its content. */
export function Page({ title, about, actions, children }: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const styles = useStyles();
  useEffect(() => { document.title = `${title} · ${texts.product}`; }, [title]);
  return (
    <div className={styles.page}>
      <div className={styles.top}>
        <div className={styles.words}>
          <Subtitle1 as="h1" className={styles.title}>{title}</Subtitle1>
          {about && <p className={styles.about}>{about}</p>}
        </div>
        {actions}
      </div>
      {children}
    </div>
  );
}
