import { Checkbox, Field, Input, SearchBox, makeStyles } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { api } from "../../api/client";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Name } from "../../parts/Name";
import { ProblemBox } from "../../parts/ProblemBox";
import { count } from "../../texts/say";
import { texts } from "../../texts/people";
import { ChoiceList } from "../ChoiceList";
import { ifMatch, peopleQuery, type Team } from "../queries";
import { useChange } from "../useChange";

const useStyles = makeStyles({
  search: { maxWidth: "none", width: "100%" },
});

/** A team's name and exactly its members. */
export function EditTeam({ team, close }: { team?: Team; close: () => void }) {
  const styles = useStyles();
  const { data: people = [], error } = useQuery(peopleQuery);
  const [name, setName] = useState(team?.name ?? "");
  const [members, setMembers] = useState<ReadonlySet<string>>(new Set(team?.members.map(({ id }) => id)));
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.toLowerCase());

  const save = useChange(texts.saved, close, () => {
    const body = { name, members: [...members] };
    return team ? api.PUT("/api/v1/teams/{id}", { params: { path: { id: team.id }, header: ifMatch(team) }, body }) : api.POST("/api/v1/teams", { body });
  });
  const take = (id: string, member: boolean) => setMembers((before) => {
    const after = new Set(before);
    if (member) after.add(id);
    else after.delete(id);
    return after;
  });
  return (
    <FormDialog title={team ? <Filled text={texts.changeTeam} values={{ name: <Name of={team.name} /> }} /> : texts.addTeam} button={texts.save} action={save} close={close}>
      {error && <ProblemBox of={error} />}
      <Field label={texts.name} required><Input value={name} maxLength={120} required autoFocus autoComplete="off" onChange={(_, { value }) => setName(value)} /></Field>
      <Field label={`${texts.members} (${count(texts.nMembers, members.size)})`} hint={team && texts.membersHint}>
        <SearchBox className={styles.search} value={search} placeholder={texts.findMember} aria-label={texts.findMember} onChange={(_, { value }) => setSearch(value)} />
      </Field>
      <ChoiceList label={texts.members}>
        {people.filter((p) => p.name.toLowerCase().includes(wanted) || p.handle.toLowerCase().includes(wanted)).map((p) => (
          <Checkbox key={p.id} checked={members.has(p.id)} label={<Name of={p.name} />} onChange={(_, { checked }) => take(p.id, checked === true)} />
        ))}
      </ChoiceList>
    </FormDialog>
  );
}
