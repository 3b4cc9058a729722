import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, Select, Spinner, Textarea, makeStyles, tokens } from "@fluentui/react-components";
import { useState, type FormEvent } from "react";
import type { ReachableCustomer, ReachableProfile } from "../api/queries";
import { CustomerMark } from "../parts/CustomerMark";
import { Filled } from "../parts/Filled";
import { Name } from "../parts/Name";
import { ProblemBox } from "../parts/ProblemBox";
import { span } from "../parts/times";
import { useAction } from "../parts/useAction";
import { say } from "../texts/say";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/technician";
import type { Wanted } from "./CustomerTile";
import { Findings } from "./Findings";
import { lengths } from "./usual";

const useStyles = makeStyles({
  title: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM, overflowWrap: "anywhere" },
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  dim: { margin: 0, color: tokens.colorNeutralForeground2 },
});

/** Every choice that a request has. What was typed stays until it is sent or the dialog is closed. */
export function RequestDialog({ customer, usual, request, close }: { customer: ReachableCustomer; usual: ReachableProfile; request: (wanted: Wanted) => Promise<void>; close: () => void }) {
  const styles = useStyles();
  const [profileID, setProfileID] = useState(usual.id);
  const [seconds, setSeconds] = useState<number>();
  const [reason, setReason] = useState("");
  const [ticket, setTicket] = useState("");
  const profile = customer.profiles.find(({ id }) => id === profileID) ?? usual;
  const chosen = seconds && seconds <= profile.maximum_seconds ? seconds : profile.default_seconds;
  const send = useAction(async () => {
    await request({ profile, seconds: chosen, reason, ticket });
    close();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send.run();
  };
  const lengthText = (s: number) => {
    const length = span(s);
    if (s === profile.default_seconds) return say(texts.usualLength, { length });
    return s === profile.maximum_seconds ? say(texts.longest, { length }) : length;
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => { if (!open) close(); }}>
      <DialogSurface aria-label={say(texts.requestAccessAt, { customer: customer.name })}>
        <form onSubmit={submit}>
          <DialogBody>
            <DialogTitle className={styles.title}>
              <CustomerMark customer={customer} size={32} />
              <span><Filled text={texts.requestAccessAt} values={{ customer: <Name of={customer.name} /> }} /></span>
            </DialogTitle>
            <DialogContent className={styles.content}>
              {send.problem !== undefined && <ProblemBox of={send.problem} />}
              <Field label={texts.profile}>
                <Select value={profile.id} onChange={(_, { value }) => setProfileID(value)}>
                  {customer.profiles.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}
                </Select>
              </Field>
              <Findings of={profile} />
              <Field label={texts.howLong}>
                <Select value={String(chosen)} onChange={(_, { value }) => setSeconds(Number(value))}>
                  {lengths(profile).map((s) => <option key={s} value={s}>{lengthText(s)}</option>)}
                </Select>
              </Field>
              <Field label={texts.reason} required={profile.reason_required} hint={profile.reason_required ? undefined : shell.optional}>
                <Textarea value={reason} maxLength={500} autoFocus={profile.reason_required} onChange={(_, { value }) => setReason(value.replace(/\s*\n\s*/g, " "))} />
              </Field>
              <Field label={texts.ticket} required={profile.ticket_required} hint={profile.ticket_required ? undefined : shell.optional}>
                <Input value={ticket} maxLength={64} autoComplete="off" onChange={(_, { value }) => setTicket(value)} />
              </Field>
              <p className={styles.dim}>{profile.approval_required ? texts.approvalFirst : texts.startsNow}</p>
            </DialogContent>
            <DialogActions>
              <Button onClick={close}>{shell.cancel}</Button>
              <Button type="submit" appearance="primary" icon={send.working ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={send.working || profile.blocked}>{texts.requestAccess}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
