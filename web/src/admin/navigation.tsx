import { BoardRegular } from "@fluentui/react-icons/svg/board";
import type { Area } from "../shell/areas";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/admin";

export const admin: Area = {
  title: shell.adminArea,
  entries: [
    { to: "/admin", text: texts.liveBoard, icon: <BoardRegular />, roles: ["admin", "approver", "auditor"], exact: true },
  ],
};
