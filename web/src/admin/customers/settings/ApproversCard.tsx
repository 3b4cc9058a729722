import { Button, Checkbox, MessageBar, MessageBarBody, MessageBarTitle, SearchBox, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { api } from "../../../api/client";
import { FormDialog } from "../../../parts/FormDialog";
import { Name } from "../../../parts/Name";
import { Outdated } from "../../../parts/Outdated";
import { ProblemBox } from "../../../parts/ProblemBox";
import { useDraft } from "../../../parts/useDraft";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/customers";
import { texts as shell } from "../../../texts/shell";
import { ChoiceList } from "../../ChoiceList";
import { Fact, Facts } from "../../Facts";
import { approversQuery, ifMatch, peopleQuery, setupKey, teamsQuery, type Approvers, type Customer } from "../../queries";
import { useCardStyles } from "../../styles";
import { useChange } from "../../useChange";

/** Who decides about requests at this customer. */
export function ApproversCard({ customer }: { customer: Customer }) {
  const cards = useCardStyles();
  const admin = holds(useMe(), "admin");
  const { data: approvers, error, refetch } = useQuery(approversQuery(customer.id));
  const [changing, setChanging] = useState(false);
  const names = (of: readonly { id: string; name: string }[]) => of.map(({ id, name }, i) => <span key={id}>{i > 0 && ", "}<Name of={name} /></span>);
  return (
    <section className={cards.card} aria-labelledby="approvers">
      <div className={cards.head}>
        <h2 id="approvers" className={cards.title}>{texts.approvers}</h2>
        {admin && approvers && <Button onClick={() => setChanging(true)} aria-label={`${texts.changeApprovers}: ${texts.approvers}`}>{texts.changeApprovers}</Button>}
      </div>
      <p className={cards.dim}>{texts.approversAbout}</p>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!approvers && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={48} /></Skeleton>}
      {approvers && (
        <>
          {approvers.deciders.length === 0 && <MessageBar intent="warning" layout="multiline"><MessageBarBody><MessageBarTitle>{texts.noDeciders}</MessageBarTitle>{texts.noDecidersHelp}</MessageBarBody></MessageBar>}
          <Facts>
            {approvers.people.length + approvers.teams.length === 0 && <Fact name={texts.noneNamed}>{texts.everyApprover}</Fact>}
            {approvers.people.length > 0 && <Fact name={texts.approverPeople}>{names(approvers.people)}</Fact>}
            {approvers.teams.length > 0 && <Fact name={texts.approverTeams}>{names(approvers.teams)}</Fact>}
            {approvers.deciders.length > 0 && <Fact name={texts.deciders}>{names(approvers.deciders)}</Fact>}
          </Facts>
          {changing && <Choose customer={customer} approvers={approvers} close={() => setChanging(false)} />}
        </>
      )}
    </section>
  );
}

const ids = (of: readonly { id: string }[]) => of.map(({ id }) => id);

function Choose({ customer, approvers, close }: { customer: Customer; approvers: Approvers; close: () => void }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const { data: people = [] } = useQuery(peopleQuery);
  const { data: teams = [] } = useQuery(teamsQuery);
  const draft = useDraft(approvers, (a) => ({ people: ids(a.people), teams: ids(a.teams) }));
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const save = useChange(texts.saved, close, async () => {
    try {
      await api.PUT("/api/v1/customers/{id}/approvers", { params: { path: { id: customer.id }, header: ifMatch(draft.base) }, body: draft.fields });
    } catch (problem) {
      void cache.invalidateQueries({ queryKey: setupKey });
      throw problem;
    }
  });
  const found = ({ name }: { name: string }) => name.toLowerCase().includes(wanted);
  const take = (list: "people" | "teams", id: string, chosen: boolean) => draft.set({ [list]: chosen ? [...draft.fields[list], id] : draft.fields[list].filter((other) => other !== id) });
  return (
    <FormDialog title={texts.approvers} button={shell.save} action={draft.outdated ? { ...save, problem: undefined } : save} close={close}>
      {draft.outdated && <Outdated discard={draft.discard} />}
      <p className={cards.dim}>{texts.approversAbout}</p>
      <SearchBox value={search} placeholder={texts.findApprover} aria-label={texts.findApprover} onChange={(_, { value }) => setSearch(value)} />
      <ChoiceList label={texts.approvers}>
        {teams.filter(found).map((t) => <Checkbox key={t.id} checked={draft.fields.teams.includes(t.id)} label={<strong><Name of={t.name} /></strong>} onChange={(_, { checked }) => take("teams", t.id, checked === true)} />)}
        {people.filter(found).map((p) => (
          <Checkbox key={p.id} checked={draft.fields.people.includes(p.id)} onChange={(_, { checked }) => take("people", p.id, checked === true)}
            label={<><Name of={p.name} />{!p.roles.includes("approver") && <span className={cards.dim}> – {texts.notApprover}</span>}</>} />
        ))}
      </ChoiceList>
    </FormDialog>
  );
}
