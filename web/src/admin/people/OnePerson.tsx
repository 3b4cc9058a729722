import { Button, MessageBar, MessageBarBody, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { EditRegular } from "@fluentui/react-icons/svg/edit";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { Filled } from "../../parts/Filled";
import { Instant } from "../../parts/Instant";
import { later } from "../../parts/later";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/people";
import { texts as shell } from "../../texts/shell";
import { personQuery, type Person } from "../queries";
import { useCardStyles } from "../styles";
import { BrowsersOf } from "./BrowsersOf";
import { PasskeysOf } from "./PasskeysOf";
import { ReachOf } from "./ReachOf";
import { Roles } from "./People";

const EditPerson = later(() => import("./changes").then((m) => m.EditPerson));
const NewLink = later(() => import("./changes").then((m) => m.NewLink));
const Resume = later(() => import("./changes").then((m) => m.Resume));
const Suspend = later(() => import("./changes").then((m) => m.Suspend));

const route = getRouteApi("/signed-in/admin/people/$id");

type Doing = "edit" | "link" | "suspend" | "resume";

export function OnePerson() {
  const { id } = route.useParams();
  const { data: person, error, refetch } = useQuery(personQuery(id));
  if (error) return <Page title={texts.people}><ProblemBox of={error} retry={() => void refetch()} /></Page>;
  if (!person) return <Page title={texts.people}><Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton></Page>;
  return <Shown person={person} />;
}

function Shown({ person: p }: { person: Person }) {
  const cards = useCardStyles();
  const admin = holds(useMe(), "admin");
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  return (
    <Page title={p.name} about={<>{texts.handle}: <Name of={p.handle} /> · {texts.since} <Instant at={p.created_at} /></>}
      actions={admin && (
        <div className={cards.row}>
          <Button icon={<EditRegular />} onClick={() => setDoing("edit")}>{texts.edit}</Button>
          {!p.suspended && <Button onClick={() => setDoing("link")}>{texts.newLink}</Button>}
          <Button onClick={() => setDoing(p.suspended ? "resume" : "suspend")}>{p.suspended ? texts.resume : texts.suspend}</Button>
        </div>
      )}>
      {p.suspended && <MessageBar intent="warning"><MessageBarBody><Filled text={texts.suspendedBox} values={{ name: <Name of={p.name} /> }} /></MessageBarBody></MessageBar>}
      <div className={cards.row}><span className={cards.dim}>{texts.roles}</span><Roles of={p.roles} /></div>
      <ReachOf person={p} />
      <PasskeysOf person={p} removable={admin} />
      <BrowsersOf person={p} removable={admin} />
      {doing === "edit" && <EditPerson person={p} close={close} />}
      {doing === "link" && <NewLink person={p} close={close} />}
      {doing === "suspend" && <Suspend person={p} close={close} />}
      {doing === "resume" && <Resume person={p} close={close} />}
    </Page>
  );
}
