import { Button, Field, Input, Select, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { later } from "../../parts/later";
import { texts } from "../../texts/audit";
import { CustomerPicker } from "../CustomerPicker";
import { customerQuery, peopleQuery, personQuery, type AuditSearch } from "../queries";
import { families } from "./families";

const Only = later(() => import("./Only").then((m) => m.Only));

const useStyles = makeStyles({
  all: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  row: { display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(13rem, 100%), 1fr))", gap: tokens.spacingHorizontalM, alignItems: "end" },
  field: { minWidth: 0 },
});

/** An instant of the address as a date field wants it: in the reader's zone, without one. */
function local(at: string | undefined): string {
  if (!at || Number.isNaN(Date.parse(at))) return "";
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const instant = (entered: string) => (entered ? new Date(entered).toISOString() : undefined);

/** The filters, which live in the address. */
export function Filters({ search, change }: { search: AuditSearch; change: (to: AuditSearch) => void }) {
  const styles = useStyles();
  const { data: people = [] } = useQuery(peopleQuery);
  const { data: customer } = useQuery({ ...customerQuery(search.customer_id ?? ""), enabled: search.customer_id !== undefined });
  const { data: person } = useQuery({ ...personQuery(search.person_id ?? ""), enabled: search.person_id !== undefined });
  const [family] = search.action?.split(".") ?? [];
  const set = (part: AuditSearch) => change({ ...search, ...part });
  const chosen = Object.values(search).some((value) => value !== undefined);
  return (
    <div className={styles.all} role="search" aria-label={texts.filters}>
      <div className={styles.row}>
        <Field label={texts.what} className={styles.field}>
          <Select value={family ?? ""} onChange={(_, { value }) => set({ action: value || undefined })}>
            <option value="">{texts.everything}</option>
            {families.map(([name, text]) => <option key={name} value={name}>{text}</option>)}
          </Select>
        </Field>
        <Field label={texts.who} className={styles.field}>
          <Select value={search.actor ?? ""} onChange={(_, { value }) => set({ actor: value || undefined })}>
            <option value="">{texts.anybody}</option>
            {people.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}
          </Select>
        </Field>
        <Field label={texts.customer} className={styles.field}>
          <CustomerPicker name={texts.customer} none={texts.anyCustomer} chosen={customer} choose={(id) => set({ customer_id: id })} />
        </Field>
        <Field label={texts.from} className={styles.field}><Input type="datetime-local" value={local(search.from)} onChange={(_, { value }) => set({ from: instant(value) })} /></Field>
        <Field label={texts.to} className={styles.field}><Input type="datetime-local" value={local(search.to)} onChange={(_, { value }) => set({ to: instant(value) })} /></Field>
        {chosen && <Button onClick={() => change({})}>{texts.clear}</Button>}
      </div>
      {(search.person_id || search.grant_id) && <Only search={search} person={person?.name} change={set} />}
    </div>
  );
}
