import { Badge, Button, Checkbox, Label, SearchBox, Skeleton, SkeletonItem, makeStyles, tokens } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons/svg/dismiss";
import { ShieldErrorRegular } from "@fluentui/react-icons/svg/shield-error";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import type { components } from "../../api/schema.gen";
import { ProblemBox } from "../../parts/ProblemBox";
import { texts } from "../../texts/profiles";
import { count, say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { ChoiceList } from "../ChoiceList";
import { directoryRolesQuery } from "../queries";
import { useCardStyles } from "../styles";
import { roleName } from "./RoleNames";

const useStyles = makeStyles({
  all: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  search: { maxWidth: "none", flexGrow: 1, minWidth: "12rem" },
  role: { display: "inline-flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  hint: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  mark: { marginInlineEnd: tokens.spacingHorizontalXS, fontSize: "16px", color: tokens.colorPaletteDarkOrangeForeground1 },
});

type Role = components["schemas"]["DirectoryRole"];
type Props = { chosen: readonly string[]; known: readonly Role[]; readOnly: boolean; choose: (roles: string[]) => void };

/** Directory roles out of a hundred: found by a part of the name, privileged ones marked. */
export function RoleChoice({ chosen, known, readOnly, choose }: Props) {
  const styles = useStyles();
  const label = useId();
  const cards = useCardStyles();
  const { data, error, refetch } = useQuery(directoryRolesQuery);
  const [search, setSearch] = useState("");
  const [privileged, setPrivileged] = useState(false);
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const roles = data?.roles ?? [];
  const named = (id: string): Role => roles.find((r) => r.id === id) ?? known.find((r) => r.id === id) ?? { id, name: "", privileged: true };
  const found = roles.filter((r) => roleName(r).toLowerCase().includes(wanted) && (!privileged || r.privileged));
  const wrong = chosen.length === 0 ? texts.noRoleChosen : chosen.length > 20 ? texts.tooManyRoles : undefined;
  return (
    <div className={styles.all} role="group" aria-labelledby={label}>
      <Label id={label} required>{texts.roles}</Label>
      {chosen.length > 0 && (
        <div className={cards.row} role="group" aria-label={count(texts.chosenRoles, chosen.length)}>
          {chosen.map(named).map((role) => readOnly ? <Badge key={role.id} size="large" appearance="outline" icon={role.privileged ? <ShieldErrorRegular /> : undefined}>{roleName(role)}</Badge> : (
            <Button key={role.id} size="small" shape="circular" icon={<DismissRegular />} iconPosition="after" aria-label={say(texts.removeRole, { role: roleName(role) })} onClick={() => choose(chosen.filter((id) => id !== role.id))}>
              {role.privileged && <ShieldErrorRegular className={styles.mark} />}{roleName(role)}
            </Button>
          ))}
        </div>
      )}
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {data && !readOnly && (
        <>
          <div className={cards.row}>
            <SearchBox className={styles.search} value={search} placeholder={texts.findRole} aria-label={texts.findRole} onChange={(_, { value }) => setSearch(value)} />
            <Checkbox label={texts.onlyPrivileged} checked={privileged} onChange={(_, { checked }) => setPrivileged(checked === true)} />
          </div>
          <ChoiceList label={texts.roles}>
            {found.map((role) => (
              <Checkbox key={role.id} checked={chosen.includes(role.id)} onChange={(_, { checked }) => choose(checked ? [...chosen, role.id] : chosen.filter((id) => id !== role.id))}
                label={(
                  <span className={styles.role}>
                    {roleName(role)}
                    {role.privileged && <Badge appearance="tint" color="warning" title={texts.privilegedHelp}>{texts.privileged}</Badge>}
                    {role.lacking > 0 && <span className={cards.dim}>{count(texts.lacking, role.lacking)}</span>}
                  </span>
                )} />
            ))}
            {found.length === 0 && <p className={cards.dim}>{texts.noRoleFound}</p>}
          </ChoiceList>
        </>
      )}
      <span className={styles.hint} role="status">{!readOnly && wrong !== undefined ? <strong>{wrong}</strong> : texts.rolesHint}</span>
    </div>
  );
}
