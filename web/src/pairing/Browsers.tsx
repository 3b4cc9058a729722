import { Button, Skeleton, SkeletonItem, makeStyles, tokens, useRestoreFocusTarget } from "@fluentui/react-components";
import { DeleteRegular } from "@fluentui/react-icons/svg/delete";
import { LaptopRegular } from "@fluentui/react-icons/svg/laptop";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import { browsersQuery, keys, type PairedBrowser } from "../api/queries";
import { Filled } from "../parts/Filled";
import { FormDialog } from "../parts/FormDialog";
import { Instant } from "../parts/Instant";
import { Name } from "../parts/Name";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { useToasts } from "../shell/toasts";
import { say } from "../texts/say";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/pairing";
import { CopiedBrowsers } from "./Copied";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  title: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500, fontWeight: tokens.fontWeightSemibold },
  about: { margin: 0, color: tokens.colorNeutralForeground2, maxWidth: "70ch" },
  list: { listStyleType: "none", margin: 0, padding: 0, backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2 },
  row: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`, borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  icon: { fontSize: "24px", lineHeight: 0, color: tokens.colorBrandForeground1 },
  words: { flexGrow: 1, flexBasis: "14rem", minWidth: 0, overflowWrap: "anywhere" },
  name: { margin: 0, fontSize: tokens.fontSizeBase300, lineHeight: tokens.lineHeightBase300, fontWeight: tokens.fontWeightSemibold },
  dim: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  line: { margin: 0 },
});

/** The browsers in which the extension acts for the person. */
export function Browsers() {
  const styles = useStyles();
  const { data: browsers, error, refetch } = useQuery(browsersQuery);
  const [removing, setRemoving] = useState<PairedBrowser>();
  const focusAfterwards = useRestoreFocusTarget();
  const working = browsers?.filter((b) => !b.removed_at) ?? [];
  return (
    <section className={styles.section} aria-labelledby="browsers">
      <h2 id="browsers" className={styles.title}>{texts.browsers}</h2>
      <p className={styles.about}>{browsers && working.length === 0 ? texts.noBrowsers : texts.browsersAbout}</p>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!browsers && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={48} /></Skeleton>}
      <CopiedBrowsers />
      {working.length > 0 && (
        <ul className={styles.list}>
          {working.map((b) => (
            <li key={b.id} className={styles.row}>
              <span className={styles.icon} aria-hidden><LaptopRegular /></span>
              <div className={styles.words}>
                <h3 className={styles.name}><Name of={b.name} /></h3>
                <span className={styles.dim}>{texts[b.extension]} · {texts.paired} <Instant at={b.paired_at} />{b.last_used_at && <> · {texts.lastUsed} <Instant at={b.last_used_at} /></>}</span>
              </div>
              <Button {...focusAfterwards} icon={<DeleteRegular />} aria-label={say(texts.removeBrowser, { name: b.name })} onClick={() => setRemoving(b)}>{texts.remove}</Button>
            </li>
          ))}
        </ul>
      )}
      {removing && <Removing browser={removing} close={() => setRemoving(undefined)} />}
    </section>
  );
}

function Removing({ browser, close }: { browser: PairedBrowser; close: () => void }) {
  const styles = useStyles();
  const cache = useQueryClient();
  const toasts = useToasts();
  const remove = useAction(async () => {
    await api.DELETE("/api/v1/me/browsers/{browser_id}", { params: { path: { browser_id: browser.id } } });
    await cache.invalidateQueries({ queryKey: keys.browsers });
    toasts.done(texts.removed);
    close();
  });
  return (
    <FormDialog title={<Filled text={texts.removeBrowser} values={{ name: <Name of={browser.name} /> }} />} button={texts.remove} action={remove} close={close}>
      <p className={styles.line}>{texts.removeAbout}</p>
    </FormDialog>
  );
}
