import { Button, Field, Input, Radio, RadioGroup, Textarea } from "@fluentui/react-components";
import { ArrowUploadRegular } from "@fluentui/react-icons/svg/arrow-upload";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, body } from "../../../api/client";
import type { components } from "../../../api/schema.gen";
import { FormDialog } from "../../../parts/FormDialog";
import { useAction } from "../../../parts/useAction";
import { useToasts } from "../../../shell/toasts";
import { texts } from "../../../texts/customers";
import { connectionQuery, type Connection } from "../../queries";
import { useCardStyles } from "../../styles";

const longest = 16384;

/** Connects with an app registration of the customer's own, or gives it a new secret or certificate. */
export function OwnApp({ connection: c, close }: { connection: Connection; close: () => void }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const toasts = useToasts();
  const known = c.app?.of_customer ? c.app : undefined;
  const [tenant, setTenant] = useState(c.tenant_id ?? "");
  const [clientID, setClientID] = useState(known?.client_id ?? "");
  const [kind, setKind] = useState<components["schemas"]["AppKeyKind"]>(known?.kind ?? "certificate");
  const [secret, setSecret] = useState("");
  const [ends, setEnds] = useState("");
  const [certificate, setCertificate] = useState("");
  const file = useRef<HTMLInputElement>(null);

  const verify = useAction(async () => {
    const key = kind === "secret" ? { client_secret: secret, ...(ends ? { secret_expires_on: ends } : {}) } : { certificate };
    const connection = await body(api.POST("/api/v1/customers/{id}/connection/app", {
      params: { path: { id: c.customer.id } }, body: { ...(tenant.trim() ? { tenant: tenant.trim() } : {}), client_id: clientID.trim(), ...key },
    }));
    if (connection) cache.setQueryData(connectionQuery(c.customer.id).queryKey, connection);
    toasts.done(texts.verifying);
    close();
  });
  const read = async (from: File | undefined) => { if (from) setCertificate((await from.slice(0, longest).text()).trim()); };
  return (
    <FormDialog title={texts.ownAppTitle} button={texts.verify} action={verify} close={close}>
      <p className={cards.dim}>{texts.ownAppAbout}</p>
      <Field label={texts.tenantField} hint={texts.tenantHint} required><Input value={tenant} maxLength={253} required autoComplete="off" spellCheck={false} onChange={(_, { value }) => setTenant(value)} /></Field>
      <Field label={texts.ownAppClient} required>
        <Input value={clientID} maxLength={36} required autoFocus autoComplete="off" spellCheck={false} placeholder="00000000-0000-0000-0000-000000000000" onChange={(_, { value }) => setClientID(value)} />
      </Field>
      <Field label={texts.ownAppKind}>
        <RadioGroup layout="horizontal" value={kind} onChange={(_, { value }) => setKind(value as typeof kind)}>
          <Radio value="certificate" label={texts.certificate} />
          <Radio value="secret" label={texts.secret} />
        </RadioGroup>
      </Field>
      {kind === "secret" ? (
        <>
          <Field label={texts.ownAppSecret} hint={texts.ownAppSecretHint} required><Input type="password" value={secret} maxLength={256} required autoComplete="off" onChange={(_, { value }) => setSecret(value)} /></Field>
          <Field label={texts.ownAppSecretEnds} hint={texts.ownAppSecretEndsHint}><Input type="date" value={ends} onChange={(_, { value }) => setEnds(value)} /></Field>
        </>
      ) : (
        <>
          <Field label={texts.ownAppCertificate} hint={texts.ownAppCertificateHint} required>
            <Textarea value={certificate} maxLength={longest} required rows={5} spellCheck={false} autoComplete="off" onChange={(_, { value }) => setCertificate(value)} />
          </Field>
          <div>
            <Button icon={<ArrowUploadRegular />} onClick={() => file.current?.click()}>{texts.ownAppFile}</Button>
            <input ref={file} type="file" accept=".pem,.crt,.key,.txt" hidden onChange={(event) => read(event.target.files?.[0])} />
          </div>
        </>
      )}
    </FormDialog>
  );
}
