import { Button, SearchBox, Skeleton, SkeletonItem, Spinner, makeStyles, tokens } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons/svg/add";
import { BuildingMultipleRegular } from "@fluentui/react-icons/svg/building-multiple";
import { SearchRegular } from "@fluentui/react-icons/svg/search";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { CustomerMark } from "../../parts/CustomerMark";
import { Empty } from "../../parts/Empty";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { later } from "../../parts/later";
import { span } from "../../parts/times";
import { useSettled } from "../../parts/useSettled";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/customers";
import { say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { ListMenu } from "../bulk/ListMenu";
import { customersQuery, type Customer } from "../queries";
import { useCardStyles, useLinkStyles } from "../styles";
import { ConnectionBadge } from "./ConnectionBadge";

const AddCustomer = later(() => import("./AddCustomer").then((m) => m.AddCustomer));

const useStyles = makeStyles({
  search: { maxWidth: "24rem", width: "100%" },
  name: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
});

const route = getRouteApi("/signed-in/admin/customers");

export function Customers() {
  const styles = useStyles();
  const cards = useCardStyles();
  const links = useLinkStyles();
  const admin = holds(useMe(), "admin");
  const navigate = route.useNavigate();
  const { q = "" } = route.useSearch();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(customersQuery(useSettled(q.trim())));
  const [adding, setAdding] = useState(false);
  const customers = data?.pages.flatMap((page) => page.customers);

  const columns: Column<Customer>[] = [
    {
      head: texts.customer,
      cell: (c) => (
        <span className={styles.name}>
          <CustomerMark customer={c} size={28} />
          <Link to="/admin/customers/$id" params={{ id: c.id }} className={links.name}><Name of={c.name} /></Link>
        </span>
      ),
    },
    { head: texts.connection, cell: (c) => <ConnectionBadge state={c.connection} /> },
    { head: texts.domain, cell: (c) => c.account_domain || <span className={cards.dim}>{texts.noDomain}</span> },
    { head: texts.lifetimes, cell: lifetimes },
    { head: texts.addedAt, cell: (c) => <Instant at={c.created_at} /> },
  ];
  const add = admin && <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>{texts.add}</Button>;
  return (
    <Page title={texts.customers} about={texts.customersAbout} actions={<div className={cards.row}><ListMenu list="customers" />{add}</div>}>
      <SearchBox className={styles.search} aria-label={texts.search} placeholder={texts.search} value={q} maxLength={120}
        onChange={(_, { value }) => navigate({ search: { q: value || undefined }, replace: true })} />
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!customers && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {customers && customers.length > 0 && <Sheet label={texts.customers} columns={columns} rows={customers} id={(c) => c.id} />}
      {customers?.length === 0 && (q.trim() ? <Empty icon={<SearchRegular />} title={texts.noneFound} help={texts.noneFoundHelp} />
        : <Empty icon={<BuildingMultipleRegular />} title={texts.none} help={texts.noneHelp}>{add}</Empty>)}
      {hasNextPage && <div><Button icon={isFetchingNextPage ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={isFetchingNextPage} onClick={() => fetchNextPage()}>{shell.more}</Button></div>}
      {adding && <AddCustomer close={() => setAdding(false)} />}
    </Page>
  );
}

function lifetimes({ default_lifetime_seconds: standard, maximum_lifetime_seconds: most }: Customer) {
  return standard !== undefined && most !== undefined && say(texts.lifetimesOf, { standard: span(standard), most: span(most) });
}
