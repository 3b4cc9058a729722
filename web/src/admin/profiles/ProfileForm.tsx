import { Checkbox, Field, Input, Label, MessageBar, MessageBarBody, MessageBarTitle, Radio, RadioGroup, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { components } from "../../api/schema.gen";
import { LengthField } from "../../parts/LengthField";
import { texts } from "../../texts/profiles";
import { FormCard } from "../FormCard";
import { directoryRolesQuery, type ProfileRules } from "../queries";
import { RoleChoice } from "./RoleChoice";

const useStyles = makeStyles({
  pair: { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(min(14rem, 100%), 1fr))", gap: tokens.spacingHorizontalL, alignItems: "start" },
  option: { display: "flex", flexDirection: "column" },
  help: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  rules: { display: "flex", flexDirection: "column" },
});

const kinds = ["pass", "password", "pass_and_password"] as const;
const rules = [["reason_required", texts.reason], ["ticket_required", texts.ticket], ["approval_required", texts.approval]] as const;

type Draft = { fields: ProfileRules; changed: boolean; outdated: boolean; set: (part: Partial<ProfileRules>) => void; discard: () => void };
type Props = {
  title: string;
  draft: Draft;
  save: { run: () => Promise<void>; working: boolean; problem?: unknown; forget: () => void };
  /** Roles of the profile that may not be among those that are known. */
  known?: readonly components["schemas"]["DirectoryRole"][];
  readOnly?: boolean;
  fresh?: boolean;
};

/** Everything that makes up a profile. */
export function ProfileForm({ title, draft, save, known = [], readOnly = false, fresh }: Props) {
  const styles = useStyles();
  const label = useId();
  const { fields, set } = draft;
  const { data } = useQuery(directoryRolesQuery);
  const disorder = fields.default_lifetime_seconds > fields.maximum_lifetime_seconds;
  const privileged = fields.roles.some((id) => (data?.roles.find((r) => r.id === id) ?? known.find((r) => r.id === id))?.privileged);
  return (
    <FormCard title={title} draft={draft} save={save} readOnly={readOnly} fresh={fresh} wrong={disorder || fields.roles.length === 0 || fields.roles.length > 20}>
      <Field label={texts.name} hint={texts.nameHint} required><Input value={fields.name} maxLength={120} required autoComplete="off" dir="auto" onChange={(_, { value }) => set({ name: value })} /></Field>
      <RoleChoice chosen={fields.roles} known={known} readOnly={readOnly} choose={(roles) => set({ roles })} />
      <div className={styles.pair}>
        <LengthField label={texts.standardLifetime} hint={texts.lifetimeHint} seconds={fields.default_lifetime_seconds} problem={disorder ? texts.lifetimeOrder : undefined} change={(s) => set({ default_lifetime_seconds: s })} />
        <LengthField label={texts.mostLifetime} seconds={fields.maximum_lifetime_seconds} change={(s) => set({ maximum_lifetime_seconds: s })} />
      </div>
      <div role="group" aria-labelledby={label} className={styles.rules}>
        <Label id={label}>{texts.rulesTitle}</Label>
        {rules.map(([rule, text]) => <Checkbox key={rule} label={text} disabled={readOnly} checked={fields[rule]} onChange={(_, { checked }) => set({ [rule]: checked === true })} />)}
      </div>
      {privileged && !fields.approval_required && (
        <MessageBar intent="warning" layout="multiline"><MessageBarBody><MessageBarTitle>{texts.privilegedOpen}</MessageBarTitle>{texts.privilegedOpenHelp}</MessageBarBody></MessageBar>
      )}
      <Field label={texts.credential}>
        <RadioGroup value={fields.credential} disabled={readOnly} onChange={(_, { value }) => set({ credential: kinds.find((kind) => kind === value) ?? "pass" })}>
          {kinds.map((kind) => <Radio key={kind} value={kind} label={<span className={styles.option}>{texts[kind]}<span className={styles.help}>{texts[`${kind}Help`]}</span></span>} />)}
        </RadioGroup>
      </Field>
    </FormCard>
  );
}
