import { Checkbox, Field, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { liveQuery } from "../../../api/queries";
import { Filled } from "../../../parts/Filled";
import { FormDialog } from "../../../parts/FormDialog";
import { Name } from "../../../parts/Name";
import { useAction } from "../../../parts/useAction";
import { texts } from "../../../texts/leaving";
import { count } from "../../../texts/say";
import { leavingQuery, setupKey, type Customer } from "../../queries";
import { ConfirmField, useConfirmation } from "./Confirm";
import { depart } from "./depart";
import { useForget } from "./useForget";

const useStyles = makeStyles({ list: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXL } });

/** Says what will happen, has the name typed, and begins. */
export function Leave({ customer, removes, close }: { customer: Customer; removes: boolean; close: () => void }) {
  const styles = useStyles();
  const cache = useQueryClient();
  const forget = useForget();
  const { data: live = [] } = useQuery(liveQuery);
  const [deletesAccounts, setDeletes] = useState(false);
  const confirmation = useConfirmation(customer.name);
  const tenant = customer.tenant_id !== undefined;
  const here = live.filter((g) => g.customer.id === customer.id).length;
  const leave = useAction(async () => {
    if (!confirmation.right()) return;
    const begun = await depart(customer.id, { removes, deletesAccounts });
    const gone = begun.state !== "leaving" && begun.removes; // there was nothing to switch off
    close();
    if (gone) {
      await forget(customer);
    } else {
      cache.setQueryData(leavingQuery(customer.id).queryKey, begun);
      void cache.invalidateQueries({ queryKey: setupKey });
    }
  });
  return (
    <FormDialog title={<Filled text={removes ? texts.removeTitle : texts.disconnectTitle} values={{ name: <Name of={customer.name} /> }} />} button={removes ? texts.remove : texts.disconnect} action={leave} close={close}>
      <ol className={styles.list}>
        {tenant && <li>{texts.whatNow}</li>}
        {tenant && <li>{here > 0 ? <strong>{count(texts.whatGrants, here)}</strong> : texts.whatNoGrants}</li>}
        {tenant && <li>{texts.whatAccounts}</li>}
        <li>{removes ? texts.whatRemoved : texts.whatThen}</li>
      </ol>
      {tenant && <Field hint={texts.deleteHint}><Checkbox label={texts.deleteAccounts} checked={deletesAccounts} onChange={(_, { checked }) => setDeletes(checked === true)} /></Field>}
      <ConfirmField of={confirmation} />
    </FormDialog>
  );
}
