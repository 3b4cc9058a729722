import { Button, ProgressBar, Spinner } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { Name } from "../../../parts/Name";
import { ProblemBox } from "../../../parts/ProblemBox";
import { later } from "../../../parts/later";
import { useAction } from "../../../parts/useAction";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/leaving";
import { count, say } from "../../../texts/say";
import { leavingQuery, type Leaving } from "../../queries";
import { useCardStyles } from "../../styles";
import { Accounts } from "./Accounts";
import { depart } from "./depart";

const Abandon = later(() => import("./Abandon").then((m) => m.Abandon));

/** A departure that is under way, account by account. */
export function Progress({ of: l }: { of: Leaving }) {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const admin = holds(useMe(), "admin");
  const [abandoning, setAbandoning] = useState(false);
  const again = useAction(async (removes: boolean) => {
    cache.setQueryData(leavingQuery(l.customer.id).queryKey, await depart(l.customer.id, { removes, deletesAccounts: l.deletes_accounts }));
  });
  const stuck = l.accounts.some(({ step }) => step === "stuck");
  return (
    <>
      <section className={cards.card} aria-labelledby="progress">
        <div className={cards.head}>
          <h2 id="progress" className={cards.title}>{texts.progress}</h2>
          {admin && (
            <div className={cards.row}>
              {!l.removes && <Button disabledFocusable={again.working} onClick={() => again.run(true)}>{texts.removeToo}</Button>}
              <Button icon={again.working ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={again.working} onClick={() => again.run(l.removes)}>{again.working ? texts.tryingAgain : texts.again}</Button>
            </div>
          )}
        </div>
        {again.problem !== undefined && <ProblemBox of={again.problem} />}
        <div aria-live="polite">
          <p className={cards.line}>
            {l.accounts_total === 0 ? texts.noAccounts : say(texts.progressOf, { off: l.accounts_off, total: l.accounts_total })}
            {l.live_grants > 0 && `; ${count(texts.liveGrants, l.live_grants)}`}. {l.removes ? texts.ends_removed : texts.ends_disconnected}
          </p>
        </div>
        {l.accounts_total > 0 && <ProgressBar value={l.accounts_off} max={l.accounts_total} thickness="large" aria-label={texts.progress} />}
        <p className={cards.dim}><Filled text={texts.begunBy} values={{ name: <Name of={l.begun_by.name} />, at: <Instant at={l.begun_at} /> }} /></p>
      </section>
      {l.accounts.length > 0 && <section className={cards.card} aria-labelledby="accounts"><h2 id="accounts" className={cards.title}>{texts.accounts}</h2><Accounts of={l.accounts} /></section>}
      {stuck && (
        <section className={cards.card} aria-labelledby="abandon">
          <div className={cards.head}>
            <h2 id="abandon" className={cards.title}>{texts.abandon}</h2>
            {admin && <Button onClick={() => setAbandoning(true)}>{texts.abandon}</Button>}
          </div>
          <p className={cards.line}>{texts.abandonAbout}</p>
        </section>
      )}
      {abandoning && <Abandon of={l} close={() => setAbandoning(false)} />}
    </>
  );
}
