import { Button, Select, Skeleton, SkeletonItem, Spinner, makeStyles } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons/svg/add";
import { BuildingMultipleRegular } from "@fluentui/react-icons/svg/building-multiple";
import { SearchRegular } from "@fluentui/react-icons/svg/search";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { CustomerMark } from "../../parts/CustomerMark";
import { Empty } from "../../parts/Empty";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { SearchField } from "../../parts/SearchField";
import { Sheet, type Column } from "../../parts/Sheet";
import { later } from "../../parts/later";
import { span } from "../../parts/times";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/customers";
import { count, say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { ListMenu } from "../bulk/ListMenu";
import { allCustomersQuery, customersQuery, type Customer, type CustomerSearch } from "../queries";
import { useCardStyles, useLinkStyles } from "../styles";
import { StartLink } from "../start/StartLink";
import { HealthBadge } from "./HealthBadge";
import { healthOf, healths, type Health } from "./health";

const AddCustomer = later(() => import("./AddCustomer").then((m) => m.AddCustomer));

const useStyles = makeStyles({
  search: { maxWidth: "24rem", width: "100%" },
});

const route = getRouteApi("/signed-in/admin/customers");

/**
 * Customers by name, page by page. How they are is judged when they are listed, so that no index finds it: where that is
 * asked for, all are read.
 */
function useListed({ q = "", health }: CustomerSearch) {
  const search = q.trim();
  const paged = useInfiniteQuery({ ...customersQuery(search), enabled: health === undefined });
  const all = useQuery({ ...allCustomersQuery, enabled: health !== undefined });
  const [most, setMost] = useState(atOnce);
  const wanted = search.toLowerCase();
  if (health === undefined) {
    const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = paged;
    return { customers: data?.pages.flatMap((page) => page.customers), error, again: () => void refetch(), more: hasNextPage ? () => void fetchNextPage() : undefined, fetching: isFetchingNextPage };
  }
  const found = all.data?.filter((c) => healthOf(c) === health && c.name.toLowerCase().includes(wanted));
  const more = found && found.length > most ? () => setMost(most + atOnce) : undefined;
  return { customers: found?.slice(0, most), error: all.error, again: () => void all.refetch(), more, fetching: false };
}

const atOnce = 50;

export function Customers() {
  const styles = useStyles();
  const cards = useCardStyles();
  const links = useLinkStyles();
  const admin = holds(useMe(), "admin");
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const { q = "", health } = search;
  const { customers, error, again, more, fetching } = useListed(search);
  const [adding, setAdding] = useState(false);
  const set = (part: CustomerSearch) => navigate({ search: (before) => ({ ...before, ...part }), replace: true });

  const columns: Column<Customer>[] = [
    {
      head: texts.customer,
      cell: (c) => (
        <span className={cards.beside}>
          <CustomerMark customer={c} size={28} />
          <Link to="/admin/customers/$id" params={{ id: c.id }} className={links.name}><Name of={c.name} /></Link>
        </span>
      ),
    },
    { head: texts.health, whole: true, cell: (c) => <><HealthBadge of={healthOf(c)} /><HealthNote of={c} /></> },
    { head: texts.domain, cell: (c) => c.account_domain || <span className={cards.dim}>{texts.noDomain}</span> },
    { head: texts.lifetimes, whole: true, cell: lifetimes },
    { head: texts.addedAt, whole: true, cell: (c) => <Instant at={c.created_at} /> },
  ];
  const add = admin && <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>{texts.add}</Button>;
  return (
    <Page title={texts.customers} about={texts.customersAbout} actions={<div className={cards.row}><ListMenu list="customers" />{add}</div>}>
      <div className={cards.row} role="search">
        <SearchField className={styles.search} label={texts.search} value={q} maxLength={120} onSearch={(text) => set({ q: text || undefined })} />
        <Select aria-label={texts.health} value={health ?? ""} onChange={(_, { value }) => set({ health: (value as Health) || undefined })}>
          <option value="">{texts.allHealth}</option>
          {healths.map((h) => <option key={h} value={h}>{texts[`health_${h}`]}</option>)}
        </Select>
      </div>
      {error && <ProblemBox of={error} retry={again} />}
      {!customers && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {customers && customers.length > 0 && <Sheet label={texts.customers} columns={columns} rows={customers} id={(c) => c.id} />}
      {customers?.length === 0 && (health ? <Empty icon={<SearchRegular />} title={texts.noneInState} help={texts.noneInStateHelp} />
        : q.trim() ? <Empty icon={<SearchRegular />} title={texts.noneFound} help={texts.noneFoundHelp} />
          : <Empty icon={<BuildingMultipleRegular />} title={texts.none} help={texts.noneHelp}><div className={cards.row}>{add}<StartLink /></div></Empty>)}
      {more && <div><Button icon={fetching ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={fetching} onClick={more}>{shell.more}</Button></div>}
      {adding && <AddCustomer close={() => setAdding(false)} />}
    </Page>
  );
}

function lifetimes({ default_lifetime_seconds: standard, maximum_lifetime_seconds: most }: Customer) {
  return standard !== undefined && most !== undefined && say(texts.lifetimesOf, { standard: span(standard), most: span(most) });
}

function HealthNote({ of: { connection, preflight: p } }: { of: Customer }) {
  const cards = useCardStyles();
  if (connection === "broken") return <div className={cards.dim}>{texts.broken}</div>;
  if (!p || connection !== "connected") return null;
  const found = [p.blocking > 0 && count(texts.blocking, p.blocking), p.warnings > 0 && count(texts.warnings, p.warnings)].filter(Boolean);
  return found.length > 0 && <div className={cards.dim}>{found.join(", ")}</div>;
}
