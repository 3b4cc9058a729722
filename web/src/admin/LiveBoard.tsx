import { Skeleton, SkeletonItem, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, makeStyles, tokens } from "@fluentui/react-components";
import { ShieldCheckmarkRegular } from "@fluentui/react-icons/svg/shield-checkmark";
import { useQuery } from "@tanstack/react-query";
import { liveQuery, type Grant } from "../api/queries";
import { StateBadge } from "../grants/StateBadge";
import { Countdown } from "../parts/Countdown";
import { CustomerMark } from "../parts/CustomerMark";
import { Empty } from "../parts/Empty";
import { Instant } from "../parts/Instant";
import { Name } from "../parts/Name";
import { Page } from "../parts/Page";
import { texts } from "../texts/admin";

const useStyles = makeStyles({
  scroll: { overflowX: "auto", backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, border: `1px solid ${tokens.colorNeutralStroke2}` },
  table: { minWidth: "52rem" },
  customer: { display: "flex", gap: tokens.spacingHorizontalS, alignItems: "center", overflowWrap: "anywhere", padding: `${tokens.spacingVerticalS} 0` },
  cell: { overflowWrap: "anywhere" },
});

const notOffFirst = (a: Grant, b: Grant) => Number(b.state === "ending") - Number(a.state === "ending") || b.requested_at.localeCompare(a.requested_at);

export function LiveBoard() {
  const { data: live } = useQuery(liveQuery);
  return (
    <Page title={texts.liveBoard} about={texts.liveBoardAbout}>
      {!live ? <Skeleton aria-label={texts.liveBoard}><SkeletonItem size={128} /></Skeleton>
        : live.length === 0 ? <Empty icon={<ShieldCheckmarkRegular />} title={texts.nobodyIn} help={texts.nobodyInHelp} />
          : <Board grants={[...live].sort(notOffFirst)} />}
    </Page>
  );
}

function Board({ grants }: { grants: Grant[] }) {
  const styles = useStyles();
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={texts.liveBoard}>
      <Table className={styles.table}>
        <TableHeader>
          <TableRow>
            {[texts.customer, texts.person, texts.profile, texts.state, texts.since, texts.timeLeft].map((text) => <TableHeaderCell key={text}>{text}</TableHeaderCell>)}
          </TableRow>
        </TableHeader>
        <TableBody>
          {grants.map((g) => (
            <TableRow key={g.id}>
              <TableCell><span className={styles.customer}><CustomerMark customer={g.customer} size={28} /><Name of={g.customer.name} /></span></TableCell>
              <TableCell className={styles.cell}><Name of={g.person.name} /></TableCell>
              <TableCell className={styles.cell}><Name of={g.profile.name} /></TableCell>
              <TableCell><StateBadge state={g.state} /></TableCell>
              <TableCell><Instant at={g.active_at ?? g.requested_at} /></TableCell>
              <TableCell>{g.state === "active" && g.expires_at && <Countdown until={g.expires_at} />}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
