import { Button, Skeleton, SkeletonItem, ToggleButton, makeStyles } from "@fluentui/react-components";
import { SearchRegular } from "@fluentui/react-icons/svg/search";
import { TableRegular } from "@fluentui/react-icons/svg/table";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { now } from "../../api/clock";
import { Empty } from "../../parts/Empty";
import { LeaveGuard } from "../../parts/LeaveGuard";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { SearchField } from "../../parts/SearchField";
import { later } from "../../parts/later";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/access";
import { count } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { ListMenu } from "../bulk/ListMenu";
import { allCustomersQuery, allEntitlementsQuery, peopleQuery, teamsQuery, type AccessSearch, type Customer, type Entitlement, type Person, type Team } from "../queries";
import { StartLink } from "../start/StartLink";
import { useCardStyles } from "../styles";
import { ChangesBar } from "./ChangesBar";
import { Grid } from "./Grid";
import { Matrix, noChanges, size, type Changes, type Subject } from "./model";

const Preview = later(() => import("./Preview").then((m) => m.Preview));
const Why = later(() => import("./Why").then((m) => m.Why));

const useStyles = makeStyles({ search: { maxWidth: "16rem", width: "100%" } });

const route = getRouteApi("/signed-in/admin/access");

/** Who may use what where: people or teams by customer. */
export function Access() {
  const queries = [useQuery(peopleQuery), useQuery(teamsQuery), useQuery(allCustomersQuery), useQuery(allEntitlementsQuery)] as const;
  const [people, teams, customers, entitlements] = queries.map(({ data }) => data) as [Person[]?, Team[]?, Customer[]?, Entitlement[]?];
  const error = queries.find((q) => q.error)?.error;
  return (
    <Page title={texts.access} about={texts.accessAbout} actions={<ListMenu list="entitlements" />}>
      {error && <ProblemBox of={error} retry={() => queries.forEach((q) => { if (q.error) void q.refetch(); })} />}
      {people && teams && customers && entitlements ? <Shown people={people} teams={teams} customers={customers} entitlements={entitlements} />
        : !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={32} /><SkeletonItem size={128} style={{ marginTop: "16px" }} /></Skeleton>}
    </Page>
  );
}

type Data = { people: Person[]; teams: Team[]; customers: Customer[]; entitlements: Entitlement[] };

function subjectsOf(rows: AccessSearch["rows"], { people, teams }: Data): Subject[] {
  if (rows === "teams") return teams.map((t) => ({ kind: "team", id: t.id, name: t.name, note: count(texts.members, t.members.length) }));
  return people.map((p) => ({
    kind: "person", id: p.id, name: p.name,
    note: [p.handle, p.suspended && texts.suspended, !p.suspended && !p.roles.includes("technician") && texts.notTechnician].filter(Boolean).join(" · "),
  }));
}

const fits = (wanted: string, name: string) => name.toLowerCase().includes(wanted.trim().toLowerCase());

function Shown(data: Data) {
  const styles = useStyles();
  const cards = useCardStyles();
  const { people, teams, customers, entitlements } = data;
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const admin = holds(useMe(), "admin");
  const [changes, setChanges] = useState<Changes>(noChanges);
  const [previewing, setPreviewing] = useState(false);
  const [opened, setOpened] = useState<{ subject: Subject; customer?: Customer }>();
  const { who = "", customer: where = "" } = search;
  const set = (part: AccessSearch) => navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });

  const subjects = useMemo(() => subjectsOf(search.rows, data).filter(({ name, note }) => fits(who, `${name} ${note}`)), [search.rows, people, teams, who]); // eslint-disable-line react-hooks/exhaustive-deps -- data is new each time, its parts are not
  const columns = useMemo(() => customers.filter(({ name }) => fits(where, name)), [customers, where]);
  // Somebody else may have taken away what is to be taken away here.
  const kept = useMemo(() => ({ ...changes, takes: new Set([...changes.takes].filter((id) => entitlements.some((e) => e.id === id))) }), [changes, entitlements]);
  const matrix = useMemo(() => new Matrix(entitlements, teams, kept, now()), [entitlements, teams, kept]);

  if (customers.length === 0) return <Empty icon={<TableRegular />} title={texts.noneYet} help={texts.noneYetHelp}><StartLink /></Empty>;
  const ofTeams = search.rows === "teams";
  return (
    <>
      <div className={cards.row} role="search">
        <div className={cards.row} role="group" aria-label={texts.rows}>
          <ToggleButton checked={!ofTeams} onClick={() => set({ rows: undefined })}>{texts.people}</ToggleButton>
          <ToggleButton checked={ofTeams} onClick={() => set({ rows: "teams" })}>{texts.teams}</ToggleButton>
        </div>
        <SearchField className={styles.search} label={ofTeams ? texts.findTeam : texts.findWho} value={search.who ?? ""} onSearch={(text) => set({ who: text || undefined })} />
        <SearchField className={styles.search} label={texts.findCustomer} value={search.customer ?? ""} onSearch={(text) => set({ customer: text || undefined })} />
      </div>
      {ofTeams && teams.length === 0 ? <Empty icon={<TableRegular />} title={texts.noTeams} help={texts.noTeamsHelp} />
        : subjects.length === 0 || columns.length === 0 ? <Empty icon={<SearchRegular />} title={texts.noMatch} help={texts.noMatchHelp}><Button onClick={() => set({ who: undefined, customer: undefined })}>{texts.clear}</Button></Empty>
          : <Grid label={ofTeams ? texts.matrixTeams : texts.matrix} subjects={subjects} customers={columns} matrix={matrix} open={(subject, customer) => setOpened({ subject, customer })} />}
      {size(kept) > 0 && <ChangesBar changes={kept} change={setChanges} preview={() => setPreviewing(true)} />}
      {previewing && <Preview changes={kept} change={setChanges} entitlements={entitlements} matrix={matrix} close={() => setPreviewing(false)} />}
      {opened && <Why subject={opened.subject} customer={opened.customer} matrix={matrix} teams={teams} changes={kept} change={admin ? setChanges : undefined} close={() => setOpened(undefined)} />}
      <LeaveGuard when={size(kept) > 0} />
    </>
  );
}
