import { BoardRegular } from "@fluentui/react-icons/svg/board";
import { BuildingMultipleRegular } from "@fluentui/react-icons/svg/building-multiple";
import { DocumentSearchRegular } from "@fluentui/react-icons/svg/document-search";
import { PeopleRegular } from "@fluentui/react-icons/svg/people";
import { PeopleTeamRegular } from "@fluentui/react-icons/svg/people-team";
import type { Area } from "../shell/areas";
import { texts as audit } from "../texts/audit";
import { texts as customers } from "../texts/customers";
import { texts as people } from "../texts/people";
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
    { to: "/admin/audit", text: audit.audit, icon: <DocumentSearchRegular />, roles: ["admin", "auditor"] },
  ],
};
