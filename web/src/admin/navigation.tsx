import { BoardRegular } from "@fluentui/react-icons/svg/board";
import { BuildingMultipleRegular } from "@fluentui/react-icons/svg/building-multiple";
import { DocumentSearchRegular } from "@fluentui/react-icons/svg/document-search";
import { PeopleRegular } from "@fluentui/react-icons/svg/people";
import { PeopleTeamRegular } from "@fluentui/react-icons/svg/people-team";
import { PersonKeyRegular } from "@fluentui/react-icons/svg/person-key";
import { TableRegular } from "@fluentui/react-icons/svg/table";
import type { Area } from "../shell/areas";
import { texts as access } from "../texts/access";
import { texts as audit } from "../texts/audit";
import { texts as customers } from "../texts/customers";
import { texts as people } from "../texts/people";
import { texts as profiles } from "../texts/profiles";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/admin";

const overseers = ["admin", "approver", "auditor"] as const;

export const admin: Area = {
  title: shell.adminArea,
  entries: [
    { to: "/admin", text: texts.liveBoard, icon: <BoardRegular />, roles: overseers, exact: true },
    { to: "/admin/customers", text: customers.customers, icon: <BuildingMultipleRegular />, roles: overseers },
    { to: "/admin/people", text: people.people, icon: <PeopleRegular />, roles: overseers },
    { to: "/admin/teams", text: people.teams, icon: <PeopleTeamRegular />, roles: overseers },
    { to: "/admin/profiles", text: profiles.profiles, icon: <PersonKeyRegular />, roles: overseers },
    { to: "/admin/access", text: access.access, icon: <TableRegular />, roles: overseers },
    { to: "/admin/audit", text: audit.audit, icon: <DocumentSearchRegular />, roles: ["admin", "auditor"] },
  ],
};
