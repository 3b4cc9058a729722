import { MessageBar, MessageBarBody, MessageBarTitle, ProgressBar, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api } from "../../api/client";
import { Problem } from "../../api/problem";
import { liveQuery } from "../../api/queries";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Name } from "../../parts/Name";
import { useAction } from "../../parts/useAction";
import { useToasts } from "../../shell/toasts";
import { texts } from "../../texts/access";
import { count } from "../../texts/say";
import { setupKey, type Entitlement } from "../queries";
import { useCardStyles } from "../styles";
import { size, type Changes, type Gift, type Matrix } from "./model";

const useStyles = makeStyles({ list: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXL, maxHeight: "12rem", overflowY: "auto" } });

type Props = { changes: Changes; change: (to: Changes) => void; entitlements: readonly Entitlement[]; matrix: Matrix; close: () => void };

/** Says what would happen, and does it: first what is given, so that nothing ends that goes on by another entitlement. */
export function Preview({ changes, change, entitlements, matrix, close }: Props) {
  const styles = useStyles();
  const cards = useCardStyles();
  const cache = useQueryClient();
  const toasts = useToasts();
  const { data: live = [] } = useQuery(liveQuery);
  const [saved, setSaved] = useState(0);
  const [total] = useState(size(changes));
  const ending = matrix.ending(live);
  const taken = entitlements.filter(({ id }) => changes.takes.has(id));

  const save = useAction(async () => {
    let { gifts, takes } = changes;
    const done = () => {
      change({ gifts, takes });
      setSaved((n) => n + 1);
    };
    try {
      for (const gift of changes.gifts) {
        await give(gift);
        gifts = gifts.filter(({ key }) => key !== gift.key);
        done();
      }
      for (const { id } of taken) {
        await take(id);
        takes = new Set([...takes].filter((other) => other !== id));
        done();
      }
    } finally {
      await cache.invalidateQueries({ queryKey: setupKey });
    }
    toasts.done(count(texts.saved, total));
    close();
  });
  return (
    <FormDialog title={texts.previewTitle} button={texts.save} action={save} close={close}>
      {save.working && <ProgressBar value={saved} max={total} />}
      {save.problem !== undefined && saved > 0 && <p className={cards.line}>{count(texts.partly, saved)}</p>}
      {ending.length > 0 ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{count(texts.endsLive, ending.length)}</MessageBarTitle>
            <ul className={styles.list}>
              {ending.map((g) => <li key={g.id}><Filled text={texts.liveAt} values={{ person: <Name of={g.person.name} />, customer: <Name of={g.customer.name} />, profile: <Name of={g.profile.name} /> }} /></li>)}
            </ul>
          </MessageBarBody>
        </MessageBar>
      ) : taken.length > 0 && <p className={cards.line}>{texts.endsNone}</p>}
      <Listed title={count(texts.given, changes.gifts.length)} of={changes.gifts.map((g) => [g.key, g.profile.name, g.subject.name, g.customer?.name])} />
      <Listed title={count(texts.taken, taken.length)} of={taken.map((e) => [e.id, e.profile.name, (e.person ?? e.team)?.name ?? "", e.customer?.name])} />
    </FormDialog>
  );
}

function Listed({ title, of }: { title: string; of: readonly (readonly [key: string, profile: string, who: string, customer: string | undefined])[] }): ReactNode {
  const styles = useStyles();
  if (of.length === 0) return null;
  return (
    <div>
      <strong>{title}</strong>
      <ul className={styles.list} tabIndex={0} aria-label={title}>
        {of.map(([key, profile, who, customer]) => <li key={key}><Filled text={texts.ofAt} values={{ profile: <Name of={profile} />, who: <Name of={who} />, customer: customer === undefined ? texts.allCustomers.toLowerCase() : <Name of={customer} /> }} /></li>)}
      </ul>
    </div>
  );
}

// The key of the change is the key of the intent: a repeat after an answer that never came gives nothing twice.
const give = ({ key, subject, profile, customer, ends_at }: Gift) => api.POST("/api/v1/entitlements", {
  params: { header: { "Idempotency-Key": key } },
  body: { [subject.kind === "person" ? "person_id" : "team_id"]: subject.id, profile_id: profile.id, ...(customer ? { customer_id: customer.id } : {}), ...(ends_at ? { ends_at } : {}) },
});

/** What somebody else took away already is taken away. */
async function take(id: string) {
  try {
    await api.DELETE("/api/v1/entitlements/{id}", { params: { path: { id } } });
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.kind !== "not-found") throw problem;
  }
}
