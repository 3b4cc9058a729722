import { Badge, Button, Field, Input, MessageBar, MessageBarBody, Skeleton, SkeletonItem, Tooltip, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Code } from "../../../parts/Code";
import { Name } from "../../../parts/Name";
import { ProblemBox } from "../../../parts/ProblemBox";
import { Sheet, type Column } from "../../../parts/Sheet";
import { useSettled } from "../../../parts/useSettled";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/customers";
import { count, say } from "../../../texts/say";
import { texts as shell } from "../../../texts/shell";
import type { components } from "../../../api/schema.gen";
import { FormCard } from "../../FormCard";
import { namePreviewQuery, type Customer } from "../../queries";
import { useCardStyles } from "../../styles";
import { useSettings } from "./useSettings";

const useStyles = makeStyles({
  mono: { fontFamily: tokens.fontFamilyMonospace },
  preview: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, maxHeight: "26rem", overflowY: "auto" },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
});

type Previewed = components["schemas"]["PreviewedName"];

/** The templates of account names, with what they make of every technician while they are typed. */
export function NamesCard({ customer }: { customer: Customer }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const admin = holds(useMe(), "admin");
  const { draft, save } = useSettings(customer, "account_name_template", "display_name_template");
  const { fields, set } = draft;
  const { account_name_template, display_name_template } = useSettled(fields);
  const { data: preview, error } = useQuery({
    ...namePreviewQuery(customer.id, { ...(account_name_template ? { account_name_template } : {}), ...(display_name_template ? { display_name_template } : {}) }),
    enabled: admin, // the others may not try templates
  });
  const columns: Column<Previewed>[] = [
    { head: texts.person, cell: (p) => <Name of={p.person.name} /> },
    { head: texts.account, cell: (p) => <Code>{p.user_name}</Code> },
    { head: texts.display, cell: (p) => (p.display_name === undefined ? <span className={cards.dim}>{texts.displayKept}</span> : <Name of={p.display_name} />) },
    { head: texts.notes, cell: (p) => p.notes.map((note) => <div key={note.code}>{note.advice}</div>) },
  ];
  const placeholders = admin && preview && (
    <Field label={texts.placeholders}>
      <div className={cards.row} role="group" aria-label={texts.placeholders}>
        {preview.placeholders.map((p) => (
          <Tooltip key={p.name} content={p.meaning} relationship="description">
            <Button size="small" className={styles.mono} onClick={() => set(p.name === "{name}" ? { display_name_template: fields.display_name_template + p.name } : { account_name_template: fields.account_name_template + p.name })}>{p.name}</Button>
          </Tooltip>
        ))}
      </div>
    </Field>
  );
  return (
    <FormCard title={texts.names} about={texts.namesAbout} draft={draft} save={save} readOnly={!admin} wrong={error !== null} after={admin && (
      <div aria-live="polite" className={styles.preview} tabIndex={0} role="region" aria-label={texts.preview}>
        {error && <ProblemBox of={error} />}
        {!preview && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={96} /></Skeleton>}
        {preview && (
          <>
            <div className={cards.row}>
              <h3 className={styles.title}>{preview.total === 0 ? texts.previewNone : count(texts.previewOf, preview.total)}</h3>
              {preview.odd > 0 && <Badge color="warning" appearance="tint">{count(texts.previewOdd, preview.odd)}</Badge>}
            </div>
            {error && <MessageBar><MessageBarBody>{texts.previewRefused}</MessageBarBody></MessageBar>}
            {preview.people.length > 0 && <Sheet flat label={texts.preview} columns={columns} rows={preview.people} id={(p) => p.person.id} />}
          </>
        )}
      </div>
    )}>
      <Field label={texts.accountTemplate} hint={customer.account_domain ? say(texts.accountTemplateHint, { domain: customer.account_domain }) : texts.accountTemplateHintPlain} required>
        <Input value={fields.account_name_template} maxLength={120} required autoComplete="off" spellCheck={false} input={{ className: styles.mono }} onChange={(_, { value }) => set({ account_name_template: value })} />
      </Field>
      <Field label={texts.displayTemplate} required>
        <Input value={fields.display_name_template} maxLength={200} required autoComplete="off" spellCheck={false} input={{ className: styles.mono }} onChange={(_, { value }) => set({ display_name_template: value })} />
      </Field>
      {placeholders}
    </FormCard>
  );
}
