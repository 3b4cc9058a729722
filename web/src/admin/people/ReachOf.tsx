import { Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Filled } from "../../parts/Filled";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { texts } from "../../texts/people";
import { texts as shell } from "../../texts/shell";
import { accessOf, type AccessReason, type Person } from "../queries";
import { useCardStyles } from "../styles";

const columns: Column<AccessReason>[] = [
  { head: texts.customer, cell: ({ entitlement: { customer } }) => (customer ? <Name of={customer.name} /> : texts.allCustomers) },
  { head: texts.profile, cell: ({ entitlement }) => <Name of={entitlement.profile.name} /> },
  { head: texts.because, cell: ({ entitlement: { team } }) => (team ? <Filled text={texts.byTeam} values={{ team: <Name of={team.name} /> }} /> : texts.ownEntitlement) },
  { head: texts.until, cell: ({ entitlement }) => (entitlement.ends_at ? <Instant at={entitlement.ends_at} /> : texts.noEnd) },
];

/** What a person may reach, and by which entitlement. */
export function ReachOf({ person }: { person: Person }) {
  const cards = useCardStyles();
  const { data: reasons, error, refetch } = useQuery(accessOf(person.id));
  return (
    <section className={cards.card} aria-labelledby="reach">
      <h2 id="reach" className={cards.title}>{texts.reach}</h2>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!reasons && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={48} /></Skeleton>}
      {reasons?.length === 0 && <p className={cards.dim}><strong>{texts.noReach}.</strong> {texts.noReachHelp}</p>}
      {reasons && reasons.length > 0 && <Sheet flat label={texts.reach} columns={columns} rows={reasons} id={({ entitlement }) => entitlement.id} />}
    </section>
  );
}
