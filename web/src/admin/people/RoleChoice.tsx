import { Checkbox, Field, makeStyles, tokens } from "@fluentui/react-components";
import type { Role } from "../../api/queries";
import { texts } from "../../texts/people";

const useStyles = makeStyles({
  option: { display: "flex", flexDirection: "column" },
  help: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

const everyRole = ["technician", "approver", "admin", "auditor"] as const satisfies readonly Role[];

/** Which MSP roles a person holds; several are usual. */
export function RoleChoice({ roles, choose }: { roles: readonly Role[]; choose: (roles: Role[]) => void }) {
  const styles = useStyles();
  return (
    <Field label={texts.roles}>
      <div role="group" aria-label={texts.roles}>
        {everyRole.map((role) => (
          <Checkbox key={role} checked={roles.includes(role)}
            onChange={(_, { checked }) => choose(everyRole.filter((r) => (r === role ? checked : roles.includes(r))))}
            label={<span className={styles.option}>{texts[role]}<span className={styles.help}>{texts[`${role}Help`]}</span></span>} />
        ))}
      </div>
    </Field>
  );
}
