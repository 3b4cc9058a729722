import { Field, Select } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import type { components } from "../../../api/schema.gen";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { ProblemBox } from "../../../parts/ProblemBox";
import { useAction } from "../../../parts/useAction";
import { useToasts } from "../../../shell/toasts";
import { texts } from "../../../texts/drills";
import { drillsQuery, type Customer } from "../../queries";
import { useCardStyles } from "../../styles";

type Interval = components["schemas"]["DrillInterval"];
const intervals: readonly Interval[] = ["never", "weekly", "monthly"];

/** How often the customer is drilled by itself. A choice is saved at once. */
export function Schedule({ customer, of: schedule, readOnly }: { customer: Customer; of: components["schemas"]["DrillSchedule"]; readOnly: boolean }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const toasts = useToasts();
  const save = useAction(async (every: Interval) => {
    await api.PUT("/api/v1/customers/{id}/drill-schedule", { params: { path: { id: customer.id } }, body: { every } });
    await cache.invalidateQueries({ queryKey: drillsQuery(customer.id).queryKey });
    toasts.done(texts.scheduled);
  });
  return (
    <section className={cards.card} aria-labelledby="schedule">
      <h2 id="schedule" className={cards.title}>{texts.schedule}</h2>
      <p className={cards.dim}>{texts.scheduleAbout}</p>
      {save.problem !== undefined && <ProblemBox of={save.problem} />}
      <Field label={texts.every} style={{ maxWidth: "16rem" }}>
        <Select value={schedule.every} disabled={readOnly || save.working} onChange={(_, { value }) => save.run(value as Interval)}>
          {intervals.map((i) => <option key={i} value={i}>{texts[i]}</option>)}
        </Select>
      </Field>
      <p className={cards.line}>{schedule.due_at ? <Filled text={texts.due} values={{ at: <Instant at={schedule.due_at} /> }} /> : texts.notDue}</p>
    </section>
  );
}
