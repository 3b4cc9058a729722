import { Badge, type BadgeProps } from "@fluentui/react-components";
import { Code } from "../../../parts/Code";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { Name } from "../../../parts/Name";
import { Sheet, type Column } from "../../../parts/Sheet";
import { texts } from "../../../texts/leaving";
import type { Leaving } from "../../queries";

type Account = Leaving["accounts"][number];

const looks: Record<Account["step"], Pick<BadgeProps, "color" | "appearance">> = {
  waiting: { color: "informative", appearance: "tint" },
  ending_grant: { color: "warning", appearance: "tint" },
  switching_off: { color: "warning", appearance: "tint" },
  stuck: { color: "danger", appearance: "filled" },
  off: { color: "success", appearance: "tint" },
};

const columns = (over: boolean): Column<Account>[] => [
  { head: texts.account, cell: (a) => (a.user_name ? <Code>{a.user_name}</Code> : texts.neverMade) },
  { head: texts.holder, cell: (a) => <Name of={a.holder} /> },
  { head: texts.state, whole: true, cell: (a) => <Badge {...looks[a.step]} data-step={a.step}>{texts[a.step]}</Badge> },
  {
    head: texts.proof,
    cell: (a) => (
      <>
        {a.proof && <div><Filled text={texts.provenAt} values={{ at: <Instant at={a.proof.read_at} /> }} />{a.deletion && `, ${texts[a.deletion]}`}</div>}
        {!a.proof && !over && a.failure && <div>{a.failure.advice}</div>}
        {!a.proof && a.tried_at && <div><Filled text={texts.triedAt} values={{ at: <Instant at={a.tried_at} /> }} /></div>}
      </>
    ),
  },
];

/** Each account that Hourglass ever made at the customer: off and proven, or why not. Where it is over, nothing is tried again. */
export const Accounts = ({ of, over = false }: { of: readonly Account[]; over?: boolean }) => <Sheet flat label={texts.accounts} columns={columns(over)} rows={of} id={(a) => a.id} />;
