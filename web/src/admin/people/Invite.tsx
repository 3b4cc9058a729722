import { Field, Input } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Role } from "../../api/queries";
import type { components } from "../../api/schema.gen";
import { FormDialog } from "../../parts/FormDialog";
import { useAction } from "../../parts/useAction";
import { texts } from "../../texts/people";
import { setupKey } from "../queries";
import { useCardStyles } from "../styles";
import { LinkDialog } from "./LinkDialog";
import { RoleChoice } from "./RoleChoice";

/** Asks for who is invited, and shows their link once. */
export function Invite({ close }: { close: () => void }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [handle, setHandle] = useState("");
  const [roles, setRoles] = useState<Role[]>(["technician"]);
  const [invited, setInvited] = useState<components["schemas"]["Invited"]>();
  const invite = useAction(async () => {
    setInvited(await body(api.POST("/api/v1/people", { body: { name, handle: handle.trim() || undefined, roles } })));
    await cache.invalidateQueries({ queryKey: setupKey });
  });
  if (invited) return <LinkDialog name={invited.person.name} link={invited.link} close={close} />;
  return (
    <FormDialog title={texts.invite} button={texts.invite} action={invite} close={close}>
      <p className={cards.dim}>{texts.inviteAbout}</p>
      <Field label={texts.name} required><Input value={name} maxLength={120} required autoFocus autoComplete="off" onChange={(_, { value }) => setName(value)} /></Field>
      <Field label={texts.handle} hint={texts.handleInviteHint}>
        <Input value={handle} maxLength={32} autoComplete="off" spellCheck={false} onChange={(_, { value }) => setHandle(value)} />
      </Field>
      <RoleChoice roles={roles} choose={setRoles} />
    </FormDialog>
  );
}
