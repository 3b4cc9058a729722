import { BoardRegular } from "@fluentui/react-icons/svg/board";
import { BuildingMultipleRegular } from "@fluentui/react-icons/svg/building-multiple";
import { DocumentSearchRegular } from "@fluentui/react-icons/svg/document-search";
import { PeopleRegular } from "@fluentui/react-icons/svg/people";
import { PeopleTeamRegular } from "@fluentui/react-icons/svg/people-team";
import { PersonKeyRegular } from "@fluentui/react-icons/svg/person-key";
import { RocketRegular } from "@fluentui/react-icons/svg/rocket";
import { TableRegular } from "@fluentui/react-icons/svg/table";
import type { Area } from "../shell/areas";
import { texts } from "../texts/shell";

const overseers = ["admin", "approver", "auditor"] as const;

export const admin: Area = {
  title: texts.adminArea,
  entries: [
    { to: "/admin", text: texts.liveAccess, icon: <BoardRegular />, roles: overseers, exact: true },
    { to: "/admin/customers", text: texts.customers, icon: <BuildingMultipleRegular />, roles: overseers },
    { to: "/admin/people", text: texts.people, icon: <PeopleRegular />, roles: overseers },
    { to: "/admin/teams", text: texts.teams, icon: <PeopleTeamRegular />, roles: overseers },
    { to: "/admin/profiles", text: texts.profiles, icon: <PersonKeyRegular />, roles: overseers },
    { to: "/admin/access", text: texts.access, icon: <TableRegular />, roles: overseers },
    { to: "/admin/audit", text: texts.audit, icon: <DocumentSearchRegular />, roles: ["admin", "auditor"] },
    { to: "/admin/start", text: texts.start, icon: <RocketRegular />, roles: ["admin"] },
  ],
};
