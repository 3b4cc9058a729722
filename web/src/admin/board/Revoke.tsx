import { Field, Textarea } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { takeGrant } from "../../api/live";
import type { Grant } from "../../api/queries";
import { Filled } from "../../parts/Filled";
import { FormDialog } from "../../parts/FormDialog";
import { Name } from "../../parts/Name";
import { useAction } from "../../parts/useAction";
import { texts } from "../../texts/admin";
import { useCardStyles } from "../styles";

/** Ends somebody's access, and says why: the technician and the audit log are told. */
export function Revoke({ grant, close }: { grant: Grant; close: () => void }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const [comment, setComment] = useState("");
  const revoke = useAction(async () => {
    takeGrant(cache, await body(api.POST("/api/v1/grants/{id}/revoke", { params: { path: { id: grant.id } }, body: { comment } })));
    close();
  });
  const names = { person: <Name of={grant.person.name} />, customer: <Name of={grant.customer.name} /> };
  return (
    <FormDialog title={<Filled text={texts.revokeTitle} values={names} />} button={texts.revoke} action={revoke} close={close}>
      <p className={cards.line}>{texts.revokeAbout}</p>
      <Field label={texts.revokeWhy}><Textarea value={comment} maxLength={500} autoFocus onChange={(_, { value }) => setComment(value.replace(/\s*\n\s*/g, " "))} /></Field>
    </FormDialog>
  );
}
