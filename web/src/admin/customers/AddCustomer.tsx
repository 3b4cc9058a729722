import { Field, Input } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { newIntent } from "../../api/intent";
import { FormDialog } from "../../parts/FormDialog";
import { useAction } from "../../parts/useAction";
import { useToasts } from "../../shell/toasts";
import { texts } from "../../texts/customers";
import { say } from "../../texts/say";
import { setupKey } from "../queries";
import { useCardStyles } from "../styles";

/** A customer needs no more than a name; then its page says how to connect it. */
export function AddCustomer({ close }: { close: () => void }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const toasts = useToasts();
  const [name, setName] = useState("");
  const [send] = useState(newIntent);
  const add = useAction(async () => {
    const c = await send(name, (key) => body(api.POST("/api/v1/customers", { params: { header: { "Idempotency-Key": key } }, body: { name } })));
    toasts.done(say(texts.added, { name: c.name }));
    void cache.invalidateQueries({ queryKey: setupKey });
    close();
    await navigate({ to: "/admin/customers/$id", params: { id: c.id } });
  });
  return (
    <FormDialog title={texts.add} button={texts.add} action={add} close={close}>
      <p className={cards.dim}>{texts.addAbout}</p>
      <Field label={texts.name} required><Input value={name} maxLength={120} required autoFocus autoComplete="off" onChange={(_, { value }) => setName(value)} /></Field>
    </FormDialog>
  );
}
