import { Button, MessageBar, MessageBarBody, MessageBarTitle, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { ProblemBox } from "../../../parts/ProblemBox";
import { later } from "../../../parts/later";
import { holds, useMe } from "../../../shell/me";
import { useToasts } from "../../../shell/toasts";
import { texts } from "../../../texts/leaving";
import { say } from "../../../texts/say";
import { texts as shell } from "../../../texts/shell";
import { leavingQuery, setupKey, type Leaving } from "../../queries";
import { useCardStyles } from "../../styles";
import { useCustomer } from "../useCustomer";
import { Accounts } from "./Accounts";
import { Progress } from "./Progress";
import { useForget } from "./useForget";

const Leave = later(() => import("./Leave").then((m) => m.Leave));

/** Ends the work at a customer, and shows how far that is. */
export function LeavingTab() {
  const cards = useCardStyles();
  const customer = useCustomer();
  const admin = holds(useMe(), "admin");
  const here = customer.connection === "connected" || customer.connection === "broken"; // then there is no departure to ask for
  const { data: asked, error, refetch } = useQuery({ ...leavingQuery(customer.id), enabled: !here });
  const leaving = here ? asked ?? null : asked;
  const [doing, setDoing] = useState<"disconnect" | "remove">();
  useEnd(leaving);
  if (leaving === undefined) return error ? <ProblemBox of={error} retry={() => void refetch()} /> : <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>;
  if (leaving?.state === "leaving") return <Progress of={leaving} />;
  const alone = customer.tenant_id === undefined; // one that was given up keeps its tenant, and can be left properly
  return (
    <>
      {leaving && <Past of={leaving} />}
      <section className={cards.card} aria-labelledby="leaving">
        <h2 id="leaving" className={cards.title}>{texts.leaving}</h2>
        <p className={cards.line}>{texts.about}</p>
        <p className={cards.dim}>{texts.consentStays}</p>
        {admin && !alone && <div className={cards.head}><span>{texts.disconnectAbout}</span><Button onClick={() => setDoing("disconnect")}>{texts.disconnect}</Button></div>}
        {admin && <div className={cards.head}><span>{alone ? texts.removeAlone : texts.removeAbout}</span><Button onClick={() => setDoing("remove")}>{texts.remove}</Button></div>}
      </section>
      {doing && <Leave customer={customer} removes={doing === "remove"} close={() => setDoing(undefined)} />}
    </>
  );
}

/** Says that a departure is over, and leads away from a customer that is no more. */
function useEnd(leaving: Leaving | null | undefined) {
  const cache = useQueryClient();
  const forget = useForget();
  const toasts = useToasts();
  const before = useRef<Leaving>(undefined);
  useEffect(() => {
    const was = before.current;
    before.current = leaving ?? undefined;
    if (was?.state !== "leaving" || leaving?.state === "leaving" || leaving === undefined) return;
    if (leaving === null || leaving.removes) {
      void forget(was.customer);
      return;
    }
    toasts.done(say(texts.left, { name: was.customer.name }));
    void cache.invalidateQueries({ queryKey: setupKey });
  }, [leaving, cache, forget, toasts]);
}

/** How the last departure ended. */
function Past({ of: l }: { of: Leaving }) {
  const cards = useCardStyles();
  if (!l.ended_at) return null;
  const at = <Instant at={l.ended_at} />;
  const left = l.state === "left";
  return (
    <section className={cards.card} aria-label={left ? texts.leftTitle : texts.abandoned}>
      <MessageBar intent={left ? "success" : "error"} layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{left ? texts.leftTitle : texts.abandoned}</MessageBarTitle>
          <Filled text={left ? texts.leftHelp : texts.abandonedHelp} values={{ at }} />
        </MessageBarBody>
      </MessageBar>
      {l.accounts.length > 0 && <Accounts of={l.accounts} over />}
    </section>
  );
}
