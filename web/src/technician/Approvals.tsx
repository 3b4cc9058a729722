import { Skeleton, SkeletonItem, makeStyles, tokens } from "@fluentui/react-components";
import { ClipboardTaskRegular } from "@fluentui/react-icons/svg/clipboard-task";
import { useQuery } from "@tanstack/react-query";
import { liveQuery } from "../api/queries";
import { GrantCard } from "../grants/GrantCard";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";
import { useMe } from "../shell/me";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/technician";

const useStyles = makeStyles({
  cards: { listStyleType: "none", margin: 0, padding: 0, display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(26rem, 100%), 1fr))", gap: tokens.spacingHorizontalL, alignItems: "start" },
});

/** What others have asked for and an approver decides; the oldest first, because somebody waits. */
export function Approvals() {
  const styles = useStyles();
  const me = useMe();
  const { data: live } = useQuery(liveQuery);
  const waiting = live?.filter((g) => g.state === "awaiting_approval" && g.person.id !== me.id).sort((a, b) => a.requested_at.localeCompare(b.requested_at));
  return (
    <Page title={texts.approvals} about={texts.approvalsAbout}>
      {!waiting && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {waiting?.length === 0 && <Empty icon={<ClipboardTaskRegular />} title={texts.noApprovals} help={texts.noApprovalsHelp} />}
      {waiting && waiting.length > 0 && <ul className={styles.cards}>{waiting.map((g) => <li key={g.id}><GrantCard grant={g} level="h2" /></li>)}</ul>}
    </Page>
  );
}
