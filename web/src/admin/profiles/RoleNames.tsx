import { Badge, makeStyles, tokens } from "@fluentui/react-components";
import { ShieldErrorRegular } from "@fluentui/react-icons/svg/shield-error";
import type { components } from "../../api/schema.gen";
import { texts } from "../../texts/profiles";
import { count, say } from "../../texts/say";

const useStyles = makeStyles({
  list: { display: "inline-flex", flexWrap: "wrap", gap: tokens.spacingHorizontalXS },
  more: { color: tokens.colorNeutralForeground2 },
});

type Role = Pick<components["schemas"]["DirectoryRole"], "id" | "name" | "privileged">;

export const roleName = (role: Role) => role.name || say(texts.unknownRole, { id: role.id });

/** Directory roles by name; privileged ones are marked. */
export function RoleNames({ of, most = 4 }: { of: readonly Role[]; most?: number }) {
  const styles = useStyles();
  const left = of.length - most;
  return (
    <span className={styles.list}>
      {of.slice(0, most).map((role) => <RoleBadge key={role.id} of={role} />)}
      {left > 0 && <span className={styles.more}>{count(texts.andMore, left)}</span>}
    </span>
  );
}

function RoleBadge({ of: role }: { of: Role }) {
  if (!role.privileged) return <Badge appearance="outline" color="informative">{roleName(role)}</Badge>;
  return <Badge appearance="tint" color="warning" icon={<ShieldErrorRegular />}>{roleName(role)}<span className="unseen">, {texts.privileged}</span></Badge>;
}
