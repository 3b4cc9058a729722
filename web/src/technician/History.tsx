import { Button, Skeleton, SkeletonItem, makeStyles, tokens } from "@fluentui/react-components";
import { ChevronRightRegular } from "@fluentui/react-icons/svg/chevron-right";
import { HistoryRegular } from "@fluentui/react-icons/svg/history";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { historyQuery, type Grant } from "../api/queries";
import { CustomerMark } from "../parts/CustomerMark";
import { Empty } from "../parts/Empty";
import { Instant } from "../parts/Instant";
import { Name } from "../parts/Name";
import { Page } from "../parts/Page";
import { ProblemBox } from "../parts/ProblemBox";
import { useMe } from "../shell/me";
import { texts as states } from "../texts/grants";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/technician";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2, overflow: "hidden" },
  row: {
    display: "grid", gridTemplateColumns: "auto minmax(0, 2fr) minmax(0, 1fr) minmax(0, 1fr) auto", alignItems: "center", gap: tokens.spacingHorizontalM, padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    color: tokens.colorNeutralForeground1, textDecorationLine: "none", overflowWrap: "anywhere", borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover }, ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
    "@media (max-width: 600px)": { gridTemplateColumns: "auto minmax(0, 1fr) auto", "& > :nth-child(3), & > :nth-child(4)": { gridColumn: 2 }, "& > :nth-child(5)": { gridColumn: 3, gridRow: 1 } },
  },
  name: { fontWeight: tokens.fontWeightSemibold, display: "block" },
  dim: { color: tokens.colorNeutralForeground2 },
  more: { alignSelf: "center" },
});

export function History() {
  const styles = useStyles();
  const me = useMe();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(historyQuery(me.id));
  const grants = data?.pages.flatMap((page) => page.grants);
  return (
    <Page title={texts.history} about={texts.historyAbout}>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!grants && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {grants?.length === 0 && <Empty icon={<HistoryRegular />} title={texts.noHistory} help={texts.noHistoryHelp} />}
      {grants && grants.length > 0 && <ul className={styles.list}>{grants.map((g) => <li key={g.id}><Row grant={g} /></li>)}</ul>}
      {hasNextPage && <Button className={styles.more} disabledFocusable={isFetchingNextPage} onClick={() => void fetchNextPage()}>{isFetchingNextPage ? shell.loading : shell.more}</Button>}
    </Page>
  );
}

function Row({ grant: g }: { grant: Grant }) {
  const styles = useStyles();
  return (
    <Link to="/grants/$id" params={{ id: g.id }} className={styles.row}>
      <CustomerMark customer={g.customer} size={32} />
      <span><span className={styles.name}><Name of={g.customer.name} /></span><Name of={g.profile.name} /></span>
      <span className={styles.dim}><Instant at={g.requested_at} /></span>
      <span>{g.outcome && states[g.outcome]}</span>
      <ChevronRightRegular aria-hidden />
    </Link>
  );
}
