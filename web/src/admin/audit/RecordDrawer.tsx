import { Button, DrawerBody, DrawerHeader, DrawerHeaderTitle, MessageBar, MessageBarBody, OverlayDrawer, Skeleton, SkeletonItem, makeStyles, tokens } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons/svg/dismiss";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { ProblemBox } from "../../parts/ProblemBox";
import { say } from "../../texts/say";
import { actions, texts } from "../../texts/audit";
import { texts as shell } from "../../texts/shell";
import { recordQuery, type AuditRecord, type AuditSearch } from "../queries";
import { useLinkStyles } from "../styles";

const useStyles = makeStyles({
  facts: { display: "grid", gridTemplateColumns: "minmax(6rem, max-content) minmax(0, 1fr)", gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`, margin: 0 },
  name: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  value: { margin: 0, overflowWrap: "anywhere" },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

/** Everything that one record says. */
export function RecordDrawer({ seq, known, close }: { seq: number; known?: AuditRecord; close: () => void }) {
  const { data: read, error } = useQuery({ ...recordQuery(seq), enabled: !known });
  const record = known ?? read;
  return (
    <OverlayDrawer open position="end" size="medium" onOpenChange={(_, { open }) => { if (!open) close(); }}>
      <DrawerHeader>
        <DrawerHeaderTitle action={<Button appearance="subtle" icon={<DismissRegular />} aria-label={texts.close} onClick={close} />}>{say(texts.details, { seq })}</DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        {error && <ProblemBox of={error} />}
        {record === null && <MessageBar><MessageBarBody>{texts.noSuch}</MessageBarBody></MessageBar>}
        {record === undefined && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={96} /></Skeleton>}
        {record?.unreadable && <MessageBar intent="error"><MessageBarBody>{texts.unreadable}</MessageBarBody></MessageBar>}
        {record && !record.unreadable && <Facts of={record} />}
      </DrawerBody>
    </OverlayDrawer>
  );
}

function Facts({ of: r }: { of: AuditRecord }) {
  const styles = useStyles();
  return (
    <dl className={styles.facts}>
      <Fact name={texts.what}>{actions[r.action] ?? r.action}</Fact>
      <Fact name={texts.when}><Instant at={r.at} /></Fact>
      <Fact name={texts.who}>{r.actor ? <Only name={r.actor.name} search={{ actor: r.actor.id }} /> : texts.hourglass}</Fact>
      {r.person && <Fact name={texts.about}><Only name={r.person.name} search={{ person_id: r.person.id }} /></Fact>}
      {r.customer && <Fact name={texts.customer}><Only name={r.customer.name} search={{ customer_id: r.customer.id }} /></Fact>}
      {r.grant_id && <Fact name={texts.grantOf}><Only name={r.grant_id} search={{ grant_id: r.grant_id }} /></Fact>}
      {Object.entries(r.details).map(([name, value]) => <Fact key={name} name={name.replaceAll("_", " ")}><Name of={written(value)} /></Fact>)}
      <Fact name={texts.key}><code className={styles.code}>{r.key}</code></Fact>
      <Fact name={texts.hash}><code className={styles.code}>{r.hash}</code></Fact>
      <Fact name={texts.previous}><code className={styles.code}>{r.prev}</code></Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  const styles = useStyles();
  return <><dt className={styles.name}>{name}</dt><dd className={styles.value}>{children}</dd></>;
}

/** A name that shows, pressed, only what concerns it. */
function Only({ name, search }: { name: string; search: AuditSearch }) {
  const links = useLinkStyles();
  return <Link to="/admin/audit" search={search} className={links.name}><Name of={name} /></Link>;
}

function written(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.every((v) => typeof v === "string") ? value.join(", ") || "—" : JSON.stringify(value);
}
