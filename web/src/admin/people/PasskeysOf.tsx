import { Button, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { DeleteRegular } from "@fluentui/react-icons/svg/delete";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Passkey } from "../../api/queries";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { say } from "../../texts/say";
import { texts } from "../../texts/people";
import { texts as shell } from "../../texts/shell";
import { passkeysOf, type Person } from "../queries";
import { useCardStyles } from "../styles";
import { useChange } from "../useChange";

/** With what a person signs in. */
export function PasskeysOf({ person, removable }: { person: Person; removable: boolean }) {
  const cards = useCardStyles();
  const { data: passkeys, error, refetch } = useQuery(passkeysOf(person.id));
  const [removing, setRemoving] = useState<Passkey>();
  const columns: Column<Passkey>[] = [
    { head: texts.name, cell: (k) => <Name of={k.name} /> },
    { head: texts.created, cell: (k) => <Instant at={k.created_at} /> },
    { head: texts.lastUsed, cell: (k) => (k.last_used_at ? <Instant at={k.last_used_at} /> : texts.never) },
  ];
  if (removable) columns.push({
    head: texts.remove,
    cell: (k) => <Button appearance="subtle" icon={<DeleteRegular />} aria-label={say(texts.removePasskey, { name: k.name })} onClick={() => setRemoving(k)} />,
  });
  return (
    <section className={cards.card} aria-labelledby="passkeys">
      <h2 id="passkeys" className={cards.title}>{texts.passkeys}</h2>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!passkeys && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={48} /></Skeleton>}
      {passkeys?.length === 0 && <p className={cards.dim}><strong>{texts.noPasskeys}.</strong> {texts.noPasskeysHelp}</p>}
      {passkeys && passkeys.length > 0 && <Sheet flat label={texts.passkeys} columns={columns} rows={passkeys} id={(k) => k.id} />}
      {removing && <Removing person={person} passkey={removing} last={passkeys?.length === 1} close={() => setRemoving(undefined)} />}
    </section>
  );
}

function Removing({ person, passkey, last, close }: { person: Person; passkey: Passkey; last: boolean; close: () => void }) {
  const cards = useCardStyles();
  const remove = useChange(texts.removed, close, () => api.DELETE("/api/v1/people/{id}/passkeys/{passkey_id}", {
    params: { path: { id: person.id, passkey_id: passkey.id }, query: last ? { last } : {} },
  }));
  return (
    <FormDialog title={<Filled text={texts.removePasskey} values={{ name: <Name of={passkey.name} /> }} />} button={texts.remove} action={remove} close={close}>
      <p className={cards.line}>{texts.removePasskeyAbout}</p>
      {last && <p className={cards.line}><strong>{texts.removeLast}</strong></p>}
    </FormDialog>
  );
}
