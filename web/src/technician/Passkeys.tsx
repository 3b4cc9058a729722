import { Button, Field, Input, Skeleton, SkeletonItem, makeStyles, tokens, useRestoreFocusTarget } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons/svg/add";
import { DeleteRegular } from "@fluentui/react-icons/svg/delete";
import { PersonKeyRegular } from "@fluentui/react-icons/svg/person-key";
import { RenameRegular } from "@fluentui/react-icons/svg/rename";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import { create } from "../api/passkey";
import { keys, passkeysQuery, type Passkey } from "../api/queries";
import { Filled } from "../parts/Filled";
import { FormDialog } from "../parts/FormDialog";
import { Instant } from "../parts/Instant";
import { Name } from "../parts/Name";
import { Page } from "../parts/Page";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { useToasts } from "../shell/toasts";
import { Browsers } from "../pairing/Browsers";
import { say } from "../texts/say";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/technician";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2 },
  row: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`, borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  icon: { fontSize: "24px", lineHeight: 0, color: tokens.colorBrandForeground1 },
  words: { flexGrow: 1, flexBasis: "14rem", minWidth: 0, overflowWrap: "anywhere" },
  name: { margin: 0, fontSize: tokens.fontSizeBase300, lineHeight: tokens.lineHeightBase300, fontWeight: tokens.fontWeightSemibold },
  dim: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  line: { margin: 0 },
});

type Doing = { what: "add" } | { what: "rename" | "remove"; passkey: Passkey };

export function Passkeys() {
  const styles = useStyles();
  const { data: passkeys, error, refetch } = useQuery(passkeysQuery);
  const [doing, setDoing] = useState<Doing>();
  const focusAfterwards = useRestoreFocusTarget();
  const close = () => setDoing(undefined);
  return (
    <Page title={texts.passkeys} about={texts.passkeysAbout} actions={<Button {...focusAfterwards} appearance="primary" icon={<AddRegular />} onClick={() => setDoing({ what: "add" })}>{texts.addPasskey}</Button>}>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!passkeys && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={96} /></Skeleton>}
      {passkeys && (
        <ul className={styles.list}>
          {passkeys.map((p) => (
            <li key={p.id} className={styles.row}>
              <span className={styles.icon} aria-hidden><PersonKeyRegular /></span>
              <div className={styles.words}>
                <h2 className={styles.name}><Name of={p.name} /></h2>
                <span className={styles.dim}>{texts.created} <Instant at={p.created_at} /> · {texts.lastUsed} {p.last_used_at ? <Instant at={p.last_used_at} /> : texts.neverUsed}</span>
              </div>
              <Button {...focusAfterwards} icon={<RenameRegular />} aria-label={say(texts.renamePasskey, { name: p.name })} onClick={() => setDoing({ what: "rename", passkey: p })}>{texts.rename}</Button>
              <Button {...focusAfterwards} icon={<DeleteRegular />} aria-label={say(texts.removePasskey, { name: p.name })} onClick={() => setDoing({ what: "remove", passkey: p })}>{texts.remove}</Button>
            </li>
          ))}
        </ul>
      )}
      <Browsers />
      {doing?.what === "add" && <Naming title={texts.addPasskey} about={texts.addPasskeyAbout} button={texts.addPasskey} done={texts.added} close={close} work={async (name) => {
        const { data } = await api.POST("/api/v1/me/passkeys/begin");
        await api.POST("/api/v1/me/passkeys/finish", { body: { name, credential: await create(data!) } });
      }} />}
      {doing?.what === "rename" && <Naming title={texts.rename} name={doing.passkey.name} button={texts.save} done={texts.renamed} close={close}
        work={(name) => api.PUT("/api/v1/me/passkeys/{passkey_id}", { params: { path: { passkey_id: doing.passkey.id } }, body: { name } })} />}
      {doing?.what === "remove" && <Removing passkey={doing.passkey} last={passkeys?.length === 1} close={close} />}
    </Page>
  );
}

type NamingProps = { title: string; about?: string; name?: string; button: string; done: string; work: (name: string) => Promise<unknown>; close: () => void };

function Naming({ title, about, name: before = "", button, done, work, close }: NamingProps) {
  const styles = useStyles();
  const [name, setName] = useState(before);
  const save = useDone(done, close, () => work(name));
  return (
    <FormDialog title={title} button={button} action={save} close={close}>
      {about && <p className={styles.line}>{about}</p>}
      <Field label={texts.passkeyName} hint={texts.passkeyNameHint} required><Input value={name} maxLength={120} required autoComplete="off" autoFocus onChange={(_, { value }) => setName(value)} /></Field>
    </FormDialog>
  );
}

function Removing({ passkey, last, close }: { passkey: Passkey; last: boolean; close: () => void }) {
  const styles = useStyles();
  const remove = useDone(texts.removed, close, () => api.DELETE("/api/v1/me/passkeys/{passkey_id}", { params: { path: { passkey_id: passkey.id }, query: last ? { last } : {} } }));
  return (
    <FormDialog title={<Filled text={texts.removePasskey} values={{ name: <Name of={passkey.name} /> }} />} button={texts.remove} action={remove} close={close}>
      <p className={styles.line}>{texts.removeAbout}</p>
      {last && <p className={styles.line}><strong>{texts.removeLast}</strong></p>}
    </FormDialog>
  );
}

/** Does it, reads the list again, says so and closes. */
function useDone(done: string, close: () => void, work: () => Promise<unknown>) {
  const cache = useQueryClient();
  const toasts = useToasts();
  return useAction(async () => {
    await work();
    await cache.invalidateQueries({ queryKey: keys.passkeys });
    toasts.done(done);
    close();
  });
}
