import { Badge, Button, Skeleton, SkeletonItem, makeStyles, tokens } from "@fluentui/react-components";
import { PersonAddRegular } from "@fluentui/react-icons/svg/person-add";
import { PersonSearchRegular } from "@fluentui/react-icons/svg/person-search";
import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Role } from "../../api/queries";
import { Empty } from "../../parts/Empty";
import { Instant } from "../../parts/Instant";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { SearchField } from "../../parts/SearchField";
import { Sheet, type Column } from "../../parts/Sheet";
import { later } from "../../parts/later";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/people";
import { texts as shell } from "../../texts/shell";
import { ListMenu } from "../bulk/ListMenu";
import { peopleQuery, type Person } from "../queries";
import { useCardStyles, useLinkStyles } from "../styles";

const Invite = later(() => import("./Invite").then((m) => m.Invite));

const useStyles = makeStyles({
  search: { maxWidth: "24rem", width: "100%" },
  badges: { display: "inline-flex", flexWrap: "wrap", gap: tokens.spacingHorizontalXS },
});

const route = getRouteApi("/signed-in/admin/people");

export function People() {
  const styles = useStyles();
  const cards = useCardStyles();
  const links = useLinkStyles();
  const me = useMe();
  const navigate = route.useNavigate();
  const { q = "" } = route.useSearch();
  const wanted = q.toLowerCase();
  const { data: people, error, refetch } = useQuery(peopleQuery);
  const [inviting, setInviting] = useState(false);

  const columns: Column<Person>[] = [
    { head: texts.name, cell: (p) => <Link to="/admin/people/$id" params={{ id: p.id }} className={links.name}><Name of={p.name} /></Link> },
    { head: texts.handle, cell: (p) => <Name of={p.handle} /> },
    { head: texts.roles, cell: (p) => <Roles of={p.roles} /> },
    { head: texts.state, cell: (p) => p.suspended ? <Badge color="danger" appearance="tint">{texts.suspended}</Badge> : <Badge color="success" appearance="tint">{texts.active}</Badge> },
    { head: texts.since, cell: (p) => <Instant at={p.created_at} /> },
  ];
  const shown = people?.filter((p) => p.name.toLowerCase().includes(wanted) || p.handle.toLowerCase().includes(wanted));
  return (
    <Page title={texts.people} about={texts.peopleAbout} actions={(
      <div className={cards.row}>
        <ListMenu list="people" />
        {holds(me, "admin") && <Button appearance="primary" icon={<PersonAddRegular />} onClick={() => setInviting(true)}>{texts.invite}</Button>}
      </div>
    )}>
      <SearchField className={styles.search} label={texts.search} value={q} onSearch={(text) => navigate({ search: { q: text || undefined }, replace: true })} />
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!people && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {shown && (shown.length > 0 ? <Sheet label={texts.people} columns={columns} rows={shown} id={(p) => p.id} />
        : <Empty icon={<PersonSearchRegular />} title={texts.nobodyFound} help={texts.nobodyFoundHelp} />)}
      {inviting && <Invite close={() => setInviting(false)} />}
    </Page>
  );
}

export function Roles({ of }: { of: readonly Role[] }) {
  const styles = useStyles();
  if (of.length === 0) return texts.noRoles;
  return <span className={styles.badges}>{of.map((role) => <Badge key={role} appearance="outline" color={role === "admin" ? "important" : "informative"}>{texts[role]}</Badge>)}</span>;
}
