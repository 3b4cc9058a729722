import { Field, Input } from "@fluentui/react-components";
import { LengthField } from "../../../parts/LengthField";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/customers";
import { FormCard } from "../../FormCard";
import type { Customer } from "../../queries";
import { useSettings } from "./useSettings";

export function GeneralCard({ customer }: { customer: Customer }) {
  const { draft, save } = useSettings(customer, "name", "account_domain", "default_lifetime_seconds", "maximum_lifetime_seconds");
  const { fields, set } = draft;
  const wrong = fields.default_lifetime_seconds > fields.maximum_lifetime_seconds;
  return (
    <FormCard title={texts.general} draft={draft} save={save} readOnly={!holds(useMe(), "admin")} wrong={wrong}>
      <Field label={texts.name} required><Input value={fields.name} maxLength={120} required autoComplete="off" dir="auto" onChange={(_, { value }) => set({ name: value })} /></Field>
      <Field label={texts.domain} hint={texts.domainHint}>
        <Input value={fields.account_domain} maxLength={253} autoComplete="off" spellCheck={false} onChange={(_, { value }) => set({ account_domain: value.trim() })} />
      </Field>
      <LengthField label={texts.standardLifetime} hint={texts.lifetimeHint} seconds={fields.default_lifetime_seconds} problem={wrong ? texts.lifetimeOrder : undefined} change={(s) => set({ default_lifetime_seconds: s })} />
      <LengthField label={texts.mostLifetime} seconds={fields.maximum_lifetime_seconds} change={(s) => set({ maximum_lifetime_seconds: s })} />
    </FormCard>
  );
}
