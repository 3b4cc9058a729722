import { SearchBox, Skeleton, SkeletonItem, makeStyles } from "@fluentui/react-components";
import { PeopleListRegular } from "@fluentui/react-icons/svg/people-list";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { Empty } from "../../parts/Empty";
import { Filled } from "../../parts/Filled";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { texts } from "../../texts/customers";
import { texts as shell } from "../../texts/shell";
import { customerAccessQuery, type AccessReason } from "../queries";
import { useCardStyles, useLinkStyles } from "../styles";
import { useCustomer } from "./useCustomer";

const useStyles = makeStyles({ search: { maxWidth: "24rem", width: "100%" } });

/** Who may reach this customer, and why. */
export function AccessTab() {
  const styles = useStyles();
  const cards = useCardStyles();
  const links = useLinkStyles();
  const customer = useCustomer();
  const { data: reasons, error, refetch } = useQuery(customerAccessQuery(customer.id));
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const columns: Column<AccessReason>[] = [
    { head: texts.person, cell: ({ person }) => <Link to="/admin/people/$id" params={{ id: person.id }} className={links.name}><Name of={person.name} /></Link> },
    { head: texts.profile, cell: ({ entitlement }) => <Name of={entitlement.profile.name} /> },
    {
      head: texts.because,
      cell: ({ entitlement: { team, customer: only } }) => <>{team ? <Filled text={texts.byTeam} values={{ team: <Name of={team.name} /> }} /> : texts.ownEntitlement}{!only && texts.everywhere}</>,
    },
    { head: texts.until, cell: ({ entitlement }) => (entitlement.ends_at ? <Instant at={entitlement.ends_at} /> : texts.noEnd) },
  ];
  const matrix = <Link to="/admin/access" search={{ customer: customer.name }} className={links.name}>{texts.openMatrix}</Link>;
  return (
    <section className={cards.card} aria-labelledby="access">
      <div className={cards.head}><h2 id="access" className={cards.title}>{texts.access}</h2>{matrix}</div>
      <p className={cards.dim}>{texts.accessAbout}</p>
      {reasons && reasons.length > 10 && <SearchBox className={styles.search} value={search} placeholder={texts.findPerson} aria-label={texts.findPerson} onChange={(_, { value }) => setSearch(value)} />}
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!reasons && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={96} /></Skeleton>}
      {reasons?.length === 0 && <Empty level="h3" icon={<PeopleListRegular />} title={texts.noAccess} help={texts.noAccessHelp} />}
      {reasons && reasons.length > 0 && <Sheet flat label={texts.access} columns={columns} rows={reasons.filter(({ person }) => person.name.toLowerCase().includes(wanted))} id={({ person, entitlement }) => `${person.id} ${entitlement.id}`} />}
    </section>
  );
}
