import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input } from "@fluentui/react-components";
import { OpenRegular } from "@fluentui/react-icons/svg/open";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../../api/client";
import type { components } from "../../../api/schema.gen";
import { Filled } from "../../../parts/Filled";
import { FormDialog } from "../../../parts/FormDialog";
import { Instant } from "../../../parts/Instant";
import { Name } from "../../../parts/Name";
import { useAction } from "../../../parts/useAction";
import { texts } from "../../../texts/customers";
import { texts as shell } from "../../../texts/shell";
import { connectionQuery, type Connection } from "../../queries";
import { useCardStyles } from "../../styles";

type Page = components["schemas"]["ConsentPage"];

/** Asks which tenant, and leads to Microsoft's page: by a link, because a browser blocks what opens by itself. */
export function BeginConsent({ connection: c, close }: { connection: Connection; close: () => void }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const [tenant, setTenant] = useState("");
  const [page, setPage] = useState<Page>();
  const begin = useAction(async () => {
    const params = { path: { id: c.customer.id } };
    setPage(await body(api.POST("/api/v1/customers/{id}/connection", { params, body: tenant.trim() ? { tenant: tenant.trim() } : {} })));
    await cache.invalidateQueries({ queryKey: connectionQuery(c.customer.id).queryKey });
  });
  if (page) return <OpenConsent page={page} close={close} />;
  const known = c.tenant_id !== undefined;
  return (
    <FormDialog title={<Filled text={texts.connectTitle} values={{ name: <Name of={c.customer.name} /> }} />} button={texts.goOn} action={begin} close={close}>
      <p className={cards.line}>{texts.connectAbout}</p>
      <Field label={texts.tenantField} hint={known ? texts.tenantKnown : texts.tenantHint} required={!known}>
        <Input value={tenant} maxLength={253} required={!known} autoFocus autoComplete="off" spellCheck={false} placeholder={c.tenant_id} onChange={(_, { value }) => setTenant(value)} />
      </Field>
    </FormDialog>
  );
}

function OpenConsent({ page, close }: { page: Page; close: () => void }) {
  const cards = useCardStyles();
  return (
    <Dialog open onOpenChange={(_, { open }) => { if (!open) close(); }}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{texts.consentTitle}</DialogTitle>
          <DialogContent>
            <p className={cards.line}><Filled text={texts.consentAbout} values={{ at: <Instant at={page.expires_at} /> }} /></p>
            <p className={cards.line}><Filled text={texts.consentTenant} values={{ tenant: <code>{page.tenant_id}</code> }} /></p>
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{shell.cancel}</Button>
            <Button as="a" appearance="primary" icon={<OpenRegular />} href={page.consent_url} target="_blank" rel="noreferrer" onClick={close}>{texts.openConsent}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
