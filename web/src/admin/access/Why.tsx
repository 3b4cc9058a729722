import { Badge, Button, DrawerBody, DrawerHeader, DrawerHeaderTitle, Field, Input, OverlayDrawer, Radio, RadioGroup, Select, makeStyles, tokens } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons/svg/dismiss";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { now } from "../../api/clock";
import { Filled } from "../../parts/Filled";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { texts } from "../../texts/access";
import { count, say } from "../../texts/say";
import { profilesQuery, type Customer, type Team } from "../queries";
import { useCardStyles } from "../styles";
import type { Changes, Matrix, Reason, Subject } from "./model";

const useStyles = makeStyles({
  body: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, overflowWrap: "anywhere" },
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  reason: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXXS, padding: tokens.spacingHorizontalM, borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke2}` },
  gone: { textDecorationLine: "line-through" },
  form: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, paddingBottom: tokens.spacingVerticalXL },
});

type Props = {
  subject: Subject;
  customer?: Customer;
  matrix: Matrix;
  teams: readonly Team[];
  changes: Changes;
  /** Absent for those who may look and not change. */
  change?: (to: Changes) => void;
  close: () => void;
};

/** Why a person or a team may use what they may use at a customer, and how that is changed. */
export function Why({ subject, customer, matrix, teams, changes, change, close }: Props) {
  const styles = useStyles();
  const cards = useCardStyles();
  const reasons = matrix.reasons(subject, customer?.id);
  const values = { who: <Name of={subject.name} />, customer: <Name of={customer?.name ?? ""} /> };
  const toggle = (r: Reason) => {
    if (r.state === "given") return change?.({ ...changes, gifts: changes.gifts.filter(({ key }) => key !== r.id) });
    const takes = new Set(changes.takes);
    if (!takes.delete(r.id)) takes.add(r.id);
    change?.({ ...changes, takes });
  };
  return (
    <OverlayDrawer open position="end" size="medium" onOpenChange={(_, { open }) => { if (!open) close(); }}>
      <DrawerHeader>
        <DrawerHeaderTitle action={<Button appearance="subtle" icon={<DismissRegular />} aria-label={texts.close} onClick={close} />}>
          <Filled text={customer ? texts.why : texts.whyEverywhere} values={values} />
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className={styles.body}>
        {reasons.length === 0 && <p className={cards.dim}><Filled text={texts.noReasons} values={{ who: values.who }} /></p>}
        <ul className={styles.list} aria-label={texts.reasons}>
          {reasons.map((r) => (
            <li key={r.id} className={styles.reason}>
              <div className={cards.head}>
                <strong className={r.state === "taken" ? styles.gone : undefined}><Name of={r.profile.name} /></strong>
                {change && <Button size="small" aria-label={r.state === "held" ? say(texts.takeProfile, { profile: r.profile.name }) : undefined} onClick={() => toggle(r)}>{r.state === "held" ? texts.take : texts.undo}</Button>}
              </div>
              <span className={cards.dim}>
                {r.team && subject.kind === "person" ? <Filled text={texts.byTeam} values={{ team: <Name of={r.team.name} /> }} /> : <Filled text={texts.own} values={{ who: values.who }} />}
                , {r.customer ? texts.here : texts.everywhere}
                {r.ends_at && <>, <Filled text={texts.until} values={{ at: <Instant at={r.ends_at} /> }} /></>}
              </span>
              {r.state === "given" && <span><Badge color="success">{texts.toBeGiven}</Badge></span>}
              {r.state === "taken" && <Taken reason={r} subject={subject} customer={customer} teams={teams} />}
            </li>
          ))}
        </ul>
        {change && <Give key={`${subject.id} ${customer?.id}`} subject={subject} customer={customer} reasons={reasons} add={(gift) => change({ ...changes, gifts: [...changes.gifts, gift] })} />}
      </DrawerBody>
    </OverlayDrawer>
  );
}

/** What a removal means beyond this cell. */
function Taken({ reason, subject, customer, teams }: { reason: Reason; subject: Subject; customer?: Customer; teams: readonly Team[] }) {
  const members = teams.find(({ id }) => id === reason.team?.id)?.members.length ?? 0;
  return (
    <>
      <span><Badge color="danger">{texts.toBeTaken}</Badge></span>
      {reason.team && subject.kind === "person" && <strong>{count(texts.takenMembers, members)}</strong>}
      {!reason.customer && customer && <strong>{texts.takenEverywhere}</strong>}
    </>
  );
}

/** The end of a day in the reader's zone. */
function endOf(day: string): string {
  const end = new Date(`${day}T00:00`);
  end.setDate(end.getDate() + 1);
  return end.toISOString();
}

const today = () => {
  const d = new Date(now());
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

function Give({ subject, customer, reasons, add }: { subject: Subject; customer?: Customer; reasons: readonly Reason[]; add: (gift: Changes["gifts"][number]) => void }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const { data: all } = useQuery(profilesQuery);
  const profiles = all?.filter((p) => !p.retired) ?? [];
  const [chosen, setChosen] = useState("");
  const [everywhere, setEverywhere] = useState(customer === undefined);
  const [ends, setEnds] = useState("");
  const profile = profiles.find((p) => p.id === chosen) ?? profiles[0];
  if (all && !profile) return <p className={cards.dim}>{texts.noProfiles}</p>;
  if (!profile) return null;
  const at = everywhere ? undefined : customer;
  const held = reasons.some((r) => r.profile.id === profile.id && r.customer?.id === at?.id && r.team?.id === (subject.kind === "team" ? subject.id : undefined) && r.state !== "taken" && r.ends_at === (ends ? endOf(ends) : undefined));
  return (
    <form className={styles.form} onSubmit={(event) => {
      event.preventDefault();
      if (held) return;
      add({
        key: crypto.randomUUID(), subject, profile: { id: profile.id, name: profile.rules.name },
        ...(at ? { customer: { id: at.id, name: at.name } } : {}), ...(ends ? { ends_at: endOf(ends) } : {}),
      });
    }}>
      <h2 className={cards.title}>{texts.give}</h2>
      <Field label={texts.profile} validationMessage={held ? texts.heldAlready : undefined} validationState="none">
        <Select value={profile.id} onChange={(_, { value }) => setChosen(value)}>{profiles.map((p) => <option key={p.id} value={p.id}>{p.rules.name}</option>)}</Select>
      </Field>
      {customer && (
        <Field label={texts.scope}>
          <RadioGroup value={everywhere ? "all" : "one"} onChange={(_, { value }) => setEverywhere(value === "all")}>
            <Radio value="one" label={<Name of={customer.name} />} />
            <Radio value="all" label={texts.allCustomers} />
          </RadioGroup>
        </Field>
      )}
      <Field label={texts.ends} hint={texts.endsHint}><Input type="date" min={today()} value={ends} onChange={(_, { value }) => setEnds(value)} /></Field>
      <div><Button type="submit" appearance="primary" disabledFocusable={held}>{texts.addChange}</Button></div>
    </form>
  );
}
