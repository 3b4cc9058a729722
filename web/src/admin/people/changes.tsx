import { Field, Input, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { keys, liveQuery } from "../../api/queries";
import type { components } from "../../api/schema.gen";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Name } from "../../parts/Name";
import { useAction } from "../../parts/useAction";
import { useMe } from "../../shell/me";
import { count, say } from "../../texts/say";
import { texts } from "../../texts/people";
import { ifMatch, type Person } from "../queries";
import { useCardStyles } from "../styles";
import { useChange } from "../useChange";
import { LinkDialog } from "./LinkDialog";
import { RoleChoice } from "./RoleChoice";

type Props = { person: Person; close: () => void };

export function EditPerson({ person: p, close }: Props) {
  const cache = useQueryClient();
  const me = useMe();
  const [name, setName] = useState(p.name);
  const [roles, setRoles] = useState(p.roles);
  const save = useChange(texts.saved, close, async () => {
    await api.PUT("/api/v1/people/{id}", { params: { path: { id: p.id }, header: ifMatch(p) }, body: { name, roles } });
    if (p.id === me.id) await cache.invalidateQueries({ queryKey: keys.me });
  });
  return (
    <FormDialog title={texts.edit} button={texts.save} action={save} close={close}>
      <Field label={texts.name} required><Input value={name} maxLength={120} required autoComplete="off" onChange={(_, { value }) => setName(value)} /></Field>
      <RoleChoice roles={roles} choose={setRoles} />
      {p.id === me.id && <MessageBar intent="warning"><MessageBarBody>{texts.ownRoles}</MessageBarBody></MessageBar>}
    </FormDialog>
  );
}

export function NewLink({ person: p, close }: Props) {
  const cards = useCardStyles();
  const [link, setLink] = useState<components["schemas"]["EnrolmentLink"]>();
  const make = useAction(async () => setLink(await body(api.POST("/api/v1/people/{id}/enrolment-link", { params: { path: { id: p.id } } }))));
  if (link) return <LinkDialog name={p.name} link={link} close={close} />;
  return <FormDialog title={texts.newLink} button={texts.makeLink} action={make} close={close}><p className={cards.line}>{texts.newLinkAbout}</p></FormDialog>;
}

export function Suspend({ person: p, close }: Props) {
  const cards = useCardStyles();
  const { data: live = [] } = useQuery(liveQuery);
  const theirs = live.filter((g) => g.person.id === p.id).length;
  const suspend = useChange(say(texts.suspendedNow, { name: p.name }), close, () => api.POST("/api/v1/people/{id}/suspend", { params: { path: { id: p.id } } }));
  return (
    <FormDialog title={<Filled text={texts.suspendTitle} values={{ name: <Name of={p.name} /> }} />} button={texts.suspend} action={suspend} close={close}>
      <p className={cards.line}>{texts.suspendAbout}</p>
      {theirs > 0 && <p className={cards.line}><strong>{count(texts.suspendLive, theirs)}</strong></p>}
    </FormDialog>
  );
}

export function Resume({ person: p, close }: Props) {
  const resume = useChange(say(texts.resumedNow, { name: p.name }), close, () => api.POST("/api/v1/people/{id}/resume", { params: { path: { id: p.id } } }));
  return <FormDialog title={texts.resume} button={texts.resume} action={resume} close={close}>{say(texts.resumedNow, { name: p.name })}</FormDialog>;
}
