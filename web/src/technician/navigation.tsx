import { ClipboardTaskRegular } from "@fluentui/react-icons/svg/clipboard-task";
import { HistoryRegular } from "@fluentui/react-icons/svg/history";
import { HomeRegular } from "@fluentui/react-icons/svg/home";
import { PersonKeyRegular } from "@fluentui/react-icons/svg/person-key";
import type { Area } from "../shell/areas";
import { texts } from "../texts/shell";

export const technician: Area = {
  title: texts.technicianArea,
  entries: [
    { to: "/", text: texts.home, icon: <HomeRegular />, roles: ["technician"], exact: true },
    { to: "/approvals", text: texts.approvals, icon: <ClipboardTaskRegular />, roles: ["approver"] },
    { to: "/history", text: texts.history, icon: <HistoryRegular />, roles: ["technician"] },
    { to: "/passkeys", text: texts.passkeys, icon: <PersonKeyRegular />, roles: ["admin", "approver", "technician", "auditor"] },
  ],
};
