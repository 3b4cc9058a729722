import { Button, Menu, MenuItemLink, MenuList, MenuPopover, MenuTrigger, Skeleton, SkeletonItem, Spinner } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons/svg/arrow-download";
import { DocumentSearchRegular } from "@fluentui/react-icons/svg/document-search";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { Empty } from "../../parts/Empty";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { later } from "../../parts/later";
import { actions, texts } from "../../texts/audit";
import { texts as shell } from "../../texts/shell";
import { auditQuery, type AuditRecord, type AuditSearch } from "../queries";
import { useCardStyles, useLinkStyles } from "../styles";
import { Filters } from "./Filters";
import { useTail } from "./tail";

const RecordDrawer = later(() => import("./RecordDrawer").then((m) => m.RecordDrawer));

const route = getRouteApi("/signed-in/admin/audit");

export function Audit() {
  const cards = useCardStyles();
  const links = useLinkStyles();
  const navigate = route.useNavigate();
  const { record: opened, ...search } = route.useSearch();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery(search));
  const records = data?.pages.flatMap((page) => page.records);
  useTail(search, records && (records[0]?.seq ?? 0), search.to === undefined);

  const open = (record: number | undefined) => navigate({ search: { ...search, record }, resetScroll: false });
  const columns: Column<AuditRecord>[] = [
    {
      head: texts.what,
      cell: (r) => <Link from="/admin/audit" to="." search={{ ...search, record: r.seq }} resetScroll={false} className={links.name}>{r.unreadable ? "?" : actions[r.action] ?? r.action}</Link>,
    },
    { head: texts.when, cell: (r) => !r.unreadable && <Instant at={r.at} /> },
    { head: texts.who, cell: (r) => (r.actor ? <Name of={r.actor.name} /> : <span className={cards.dim}>{texts.hourglass}</span>) },
    { head: texts.about, cell: (r) => r.person && r.person.id !== r.actor?.id && <Name of={r.person.name} /> },
    { head: texts.customer, cell: (r) => r.customer && <Name of={r.customer.name} /> },
    { head: texts.number, cell: (r) => r.seq },
  ];
  return (
    <Page title={texts.audit} about={texts.auditAbout} actions={<Export search={search} />}>
      <Filters search={search} change={(to) => navigate({ search: to, replace: true })} />
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!records && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {records && (records.length > 0 ? <Sheet label={texts.audit} columns={columns} rows={records} id={(r) => String(r.seq)} />
        : <Empty icon={<DocumentSearchRegular />} title={texts.nothing} help={texts.nothingHelp} />)}
      {hasNextPage && <div><Button icon={isFetchingNextPage ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={isFetchingNextPage} onClick={() => fetchNextPage()}>{shell.more}</Button></div>}
      {opened !== undefined && <RecordDrawer seq={opened} known={records?.find(({ seq }) => seq === opened)} close={() => open(undefined)} />}
    </Page>
  );
}

/** Downloads what the filters select; the browser sends the session along. */
function Export({ search }: { search: AuditSearch }) {
  const address = (format: string) => {
    const wanted = Object.entries({ ...search, format }).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return `/api/v1/audit/export?${new URLSearchParams(wanted).toString()}`;
  };
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement><Button icon={<ArrowDownloadRegular />}>{texts.export}</Button></MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItemLink href={address("jsonl")} download>{texts.exportLines}</MenuItemLink>
          <MenuItemLink href={address("csv")} download>{texts.exportTable}</MenuItemLink>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
