import { Button, Skeleton, SkeletonItem, makeStyles, tokens } from "@fluentui/react-components";
import { DeleteRegular } from "@fluentui/react-icons/svg/delete";
import { EditRegular } from "@fluentui/react-icons/svg/edit";
import { PeopleTeamRegular } from "@fluentui/react-icons/svg/people-team";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { holds, useMe } from "../../shell/me";
import { count, say } from "../../texts/say";
import { texts } from "../../texts/people";
import { texts as shell } from "../../texts/shell";
import { teamsQuery, type Team } from "../queries";
import { useCardStyles, useLinkStyles } from "../styles";
import { useChange } from "../useChange";
import { EditTeam } from "./EditTeam";

const useStyles = makeStyles({
  members: { display: "flex", flexWrap: "wrap", gap: `0 ${tokens.spacingHorizontalM}` },
  more: { color: tokens.colorNeutralForeground2 },
});

const namedAtOnce = 6;

type Doing = { what: "add" } | { what: "edit" | "remove"; team: Team };

export function Teams() {
  const cards = useCardStyles();
  const admin = holds(useMe(), "admin");
  const { data: teams, error, refetch } = useQuery(teamsQuery);
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const add = admin && <Button appearance="primary" onClick={() => setDoing({ what: "add" })}>{texts.addTeam}</Button>;
  const columns: Column<Team>[] = [
    { head: texts.team, cell: (t) => <strong><Name of={t.name} /></strong> },
    { head: texts.members, cell: (t) => <Members of={t} /> },
  ];
  if (admin) columns.push({
    head: texts.edit,
    cell: (team) => (
      <span className={cards.row}>
        <Button appearance="subtle" icon={<EditRegular />} aria-label={say(texts.changeTeam, { name: team.name })} onClick={() => setDoing({ what: "edit", team })} />
        <Button appearance="subtle" icon={<DeleteRegular />} aria-label={say(texts.removeTeam, { name: team.name })} onClick={() => setDoing({ what: "remove", team })} />
      </span>
    ),
  });
  return (
    <Page title={texts.teams} about={texts.teamsAbout} actions={add}>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!teams && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={96} /></Skeleton>}
      {teams && (teams.length > 0 ? <Sheet label={texts.teams} columns={columns} rows={teams} id={(t) => t.id} />
        : <Empty icon={<PeopleTeamRegular />} title={texts.noTeams} help={texts.noTeamsHelp}>{add}</Empty>)}
      {doing?.what === "add" && <EditTeam close={close} />}
      {doing?.what === "edit" && <EditTeam team={doing.team} close={close} />}
      {doing?.what === "remove" && <RemoveTeam team={doing.team} close={close} />}
    </Page>
  );
}

function Members({ of: team }: { of: Team }) {
  const styles = useStyles();
  const links = useLinkStyles();
  if (team.members.length === 0) return texts.noMembers;
  const left = team.members.length - namedAtOnce;
  return (
    <span className={styles.members}>
      {team.members.slice(0, namedAtOnce).map((m) => <Link key={m.id} to="/admin/people/$id" params={{ id: m.id }} className={links.name}><Name of={m.name} /></Link>)}
      {left > 0 && <span className={styles.more}>{count(texts.andMore, left)}</span>}
    </span>
  );
}

function RemoveTeam({ team, close }: { team: Team; close: () => void }) {
  const cards = useCardStyles();
  const remove = useChange(texts.removed, close, () => api.DELETE("/api/v1/teams/{id}", { params: { path: { id: team.id } } }));
  return (
    <FormDialog title={<Filled text={texts.removeTeam} values={{ name: <Name of={team.name} /> }} />} button={texts.remove} action={remove} close={close}>
      <p className={cards.line}>{texts.removeTeamAbout}</p>
    </FormDialog>
  );
}
