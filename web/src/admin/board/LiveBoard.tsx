import { Button, Skeleton, SkeletonItem, Tab, TabList } from "@fluentui/react-components";
import { ShieldCheckmarkRegular } from "@fluentui/react-icons/svg/shield-checkmark";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { liveQuery, type Grant } from "../../api/queries";
import { StateBadge } from "../../grants/StateBadge";
import { Countdown } from "../../parts/Countdown";
import { CustomerMark } from "../../parts/CustomerMark";
import { Empty } from "../../parts/Empty";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { Sheet, type Column } from "../../parts/Sheet";
import { holds, useMe } from "../../shell/me";
import { say } from "../../texts/say";
import { texts } from "../../texts/admin";
import { emptyQuery } from "../start/empty";
import { StartLink } from "../start/StartLink";
import { useCardStyles } from "../styles";
import { NotOff } from "./NotOff";
import { Revoke } from "./Revoke";
import { Timeline } from "./Timeline";

const route = getRouteApi("/signed-in/admin");

const notOff = (g: Grant) => g.state === "ending";
const notOffFirst = (a: Grant, b: Grant) => Number(notOff(b)) - Number(notOff(a)) || b.requested_at.localeCompare(a.requested_at);

export function LiveBoard() {
  const { data: live } = useQuery(liveQuery);
  const { data: empty } = useQuery(emptyQuery);
  const { view = "timeline" } = route.useSearch();
  const navigate = route.useNavigate();
  const [revoking, setRevoking] = useState<string>();
  const grants = live && [...live].sort(notOffFirst);
  const off = grants?.filter(notOff) ?? [];
  const toRevoke = grants?.find(({ id, state }) => id === revoking && state !== "ending"); // it may end while the dialog is open
  return (
    <Page title={texts.liveBoard} about={texts.liveBoardAbout}>
      {off.length > 0 && <NotOff grants={off} />}
      {!grants && <Skeleton aria-label={texts.liveBoard}><SkeletonItem size={128} /></Skeleton>}
      {grants?.length === 0 && <Empty icon={<ShieldCheckmarkRegular />} title={texts.nobodyIn} help={texts.nobodyInHelp}>{empty && <StartLink />}</Empty>}
      {grants && grants.length > 0 && (
        <>
          <TabList selectedValue={view} onTabSelect={(_, { value }) => navigate({ search: { view: value === "table" ? "table" : undefined }, replace: true })}>
            <Tab value="timeline">{texts.timeline}</Tab>
            <Tab value="table">{texts.table}</Tab>
          </TabList>
          {view === "table" ? <Board grants={grants} revoke={setRevoking} /> : <Timeline grants={grants} />}
        </>
      )}
      {toRevoke && <Revoke grant={toRevoke} close={() => setRevoking(undefined)} />}
    </Page>
  );
}

function Board({ grants, revoke }: { grants: readonly Grant[]; revoke: (id: string) => void }) {
  const cards = useCardStyles();
  const columns: Column<Grant>[] = [
    { head: texts.customer, cell: (g) => <span className={cards.beside}><CustomerMark customer={g.customer} size={28} /><Name of={g.customer.name} /></span> },
    { head: texts.person, cell: (g) => <Name of={g.person.name} /> },
    { head: texts.profile, cell: (g) => <Name of={g.profile.name} /> },
    { head: texts.state, whole: true, cell: (g) => <StateBadge state={g.state} /> },
    { head: texts.since, whole: true, cell: (g) => <Instant at={g.active_at ?? g.requested_at} /> },
    { head: texts.timeLeft, whole: true, cell: (g) => g.state === "active" && g.expires_at && <Countdown until={g.expires_at} /> },
  ];
  if (holds(useMe(), "admin")) columns.push({
    head: texts.revoke,
    cell: (g) => !notOff(g) && <Button size="small" aria-label={say(texts.revokeOf, { person: g.person.name, customer: g.customer.name })} onClick={() => revoke(g.id)}>{texts.revoke}</Button>,
  });
  return <Sheet label={texts.liveBoard} columns={columns} rows={grants} id={(g) => g.id} />;
}
