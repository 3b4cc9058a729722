import { Instant } from "../../../parts/Instant";
import { Name } from "../../../parts/Name";
import { Sheet, type Column } from "../../../parts/Sheet";
import { texts } from "../../../texts/drills";
import type { Drill } from "../../queries";
import { useCardStyles } from "../../styles";
import { DrillBadge } from "./DrillBadge";

const columns: Column<Drill>[] = [
  { head: texts.began, whole: true, cell: (d) => <Instant at={d.begun_at} /> },
  { head: texts.state, whole: true, cell: (d) => <DrillBadge of={d} /> },
  { head: texts.profile, cell: (d) => <Name of={d.profile.name} /> },
  { head: texts.by, cell: (d) => d.begun_by && <Name of={d.begun_by.name} /> },
  { head: texts.note, cell: (d) => d.finding },
];

export function DrillHistory({ of: drills }: { of: readonly Drill[] }) {
  const cards = useCardStyles();
  return (
    <section className={cards.card} aria-labelledby="history">
      <h2 id="history" className={cards.title}>{texts.history}</h2>
      <Sheet flat label={texts.history} columns={columns} rows={drills} id={(d) => d.id} />
    </section>
  );
}
