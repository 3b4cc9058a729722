import { Badge, Skeleton, SkeletonItem, Switch } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons/svg/add";
import { PersonKeyRegular } from "@fluentui/react-icons/svg/person-key";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { span } from "../../parts/times";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/profiles";
import { say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { profilesQuery, type Profile } from "../queries";
import { StartLink } from "../start/StartLink";
import { useCardStyles, useLinkStyles } from "../styles";
import { RoleNames } from "./RoleNames";

export function Profiles() {
  const cards = useCardStyles();
  const links = useLinkStyles();
  const admin = holds(useMe(), "admin");
  const { data: profiles, error, refetch } = useQuery(profilesQuery);
  const [all, setAll] = useState(false);
  const columns: Column<Profile>[] = [
    {
      head: texts.profile,
      cell: (p) => (
        <span className={cards.row}>
          <Link to="/admin/profiles/$id" params={{ id: p.id }} className={links.name}><Name of={p.rules.name} /></Link>
          {p.retired && <Badge appearance="outline" color="subtle">{texts.retired}</Badge>}
        </span>
      ),
    },
    { head: texts.roles, cell: (p) => <RoleNames of={p.roles} /> },
    { head: texts.credential, cell: (p) => texts[p.rules.credential] },
    { head: texts.lifetimes, cell: ({ rules: r }) => say(texts.lifetimesOf, { standard: span(r.default_lifetime_seconds), most: span(r.maximum_lifetime_seconds) }) },
    { head: texts.rules, cell: asksFor },
  ];
  const add = admin && <LinkButton appearance="primary" icon={<AddRegular />} to="/admin/profiles/new">{texts.add}</LinkButton>;
  const shown = profiles?.filter((p) => all || !p.retired);
  const retired = profiles?.some((p) => p.retired);
  return (
    <Page title={texts.profiles} about={texts.profilesAbout} actions={add}>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!profiles && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {shown && shown.length > 0 && <Sheet label={texts.profiles} columns={columns} rows={shown} id={(p) => p.id} />}
      {shown?.length === 0 && <Empty icon={<PersonKeyRegular />} title={retired ? texts.allRetired : texts.none} help={texts.noneHelp}><div className={cards.row}>{add}<StartLink /></div></Empty>}
      {retired && <div><Switch label={texts.showRetired} checked={all} onChange={(_, { checked }) => setAll(checked)} /></div>}
    </Page>
  );
}

function asksFor({ rules: r }: Profile): string {
  const asked = [r.reason_required && texts.rule_reason, r.ticket_required && texts.rule_ticket, r.approval_required && texts.rule_approval].filter(Boolean);
  return asked.join(", ") || texts.noRules;
}
