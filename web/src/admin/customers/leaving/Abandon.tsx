import { MessageBar, MessageBarBody, makeStyles, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../../api/client";
import { Code } from "../../../parts/Code";
import { FormDialog } from "../../../parts/FormDialog";
import { Name } from "../../../parts/Name";
import { useAction } from "../../../parts/useAction";
import { texts } from "../../../texts/leaving";
import { say } from "../../../texts/say";
import { leavingQuery, type Leaving } from "../../queries";
import { useCardStyles } from "../../styles";
import { ConfirmField, useConfirmation } from "./Confirm";

const useStyles = makeStyles({ list: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXL, maxHeight: "14rem", overflowY: "auto" } });

/** Names every account that may still be on, and finishes without proof. */
export function Abandon({ of: l, close }: { of: Leaving; close: () => void }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const cache = useQueryClient();
  const confirmation = useConfirmation(l.customer.name);
  const unproven = l.accounts.filter(({ step }) => step !== "off");
  const untried = unproven.some(({ tried_at }) => tried_at === undefined);
  const abandon = useAction(async () => {
    if (!confirmation.right()) return;
    const params = { path: { id: l.customer.id } };
    const ended = await body(api.POST("/api/v1/customers/{id}/leaving/abandon", { params, body: { accounts: unproven.map(({ id }) => id) } }));
    cache.setQueryData(leavingQuery(l.customer.id).queryKey, ended);
    close();
  });
  return (
    <FormDialog title={texts.abandonTitle} button={texts.abandon} action={abandon} close={close}>
      <p className={cards.line}>{texts.abandonList}</p>
      <ul className={styles.list} tabIndex={0} aria-label={texts.accounts}>
        {unproven.map((a) => <li key={a.id}><Code>{a.user_name || texts.neverMade}</Code> (<Name of={a.holder} />){a.object_id && <div className={cards.dim}>{say(texts.objectId, { id: a.object_id })}</div>}</li>)}
      </ul>
      {untried && <MessageBar intent="warning" layout="multiline"><MessageBarBody>{texts.abandonUntried}</MessageBarBody></MessageBar>}
      {l.live_grants > 0 && <p className={cards.line}>{texts.abandonGrants}</p>}
      <ConfirmField of={confirmation} />
    </FormDialog>
  );
}
