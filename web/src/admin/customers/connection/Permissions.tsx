import { Badge } from "@fluentui/react-components";
import { Code } from "../../../parts/Code";
import { Sheet, type Column } from "../../../parts/Sheet";
import { texts } from "../../../texts/customers";
import type { Connection } from "../../queries";
import { useCardStyles } from "../../styles";

type Permission = Connection["permissions"][number];

/** What the tenant consents to, why, and whether it has. */
export function Permissions({ of: connection }: { of: Connection }) {
  const cards = useCardStyles();
  const asked = connection.verified_at !== undefined;
  const columns: Column<Permission>[] = [
    { head: texts.permission, cell: (p) => <Code>{p.name}</Code> },
    { head: texts.why, cell: (p) => p.why },
    {
      head: texts.held,
      cell: (p) => p.held ? <Badge color="success" appearance="tint">{texts.isHeld}</Badge>
        : asked ? <Badge color="danger" appearance="tint">{texts.isMissing}</Badge> : <span className={cards.dim}>{texts.notAsked}</span>,
    },
  ];
  return (
    <section className={cards.card} aria-labelledby="permissions">
      <h2 id="permissions" className={cards.title}>{texts.permissions}</h2>
      <p className={cards.dim}>{texts.permissionsAbout}</p>
      <Sheet flat label={texts.permissions} columns={columns} rows={connection.permissions} id={(p) => p.id} />
    </section>
  );
}
