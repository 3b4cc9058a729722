import { Button, Skeleton, SkeletonItem, Spinner } from "@fluentui/react-components";
import { PlugDisconnectedRegular } from "@fluentui/react-icons/svg/plug-disconnected";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { ProblemBox } from "../../../parts/ProblemBox";
import { useAction } from "../../../parts/useAction";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/drills";
import { texts as shell } from "../../../texts/shell";
import { drillsQuery } from "../../queries";
import { useCardStyles } from "../../styles";
import { useCustomer } from "../useCustomer";
import { DrillHistory } from "./DrillHistory";
import { NewestDrill } from "./NewestDrill";
import { Schedule } from "./Schedule";

/** Proof that the strongest profile here can be switched off. */
export function DrillsTab() {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const customer = useCustomer();
  const admin = holds(useMe(), "admin");
  const { data, error, refetch } = useQuery(drillsQuery(customer.id));
  const run = useAction(async () => {
    await api.POST("/api/v1/customers/{id}/drills", { params: { path: { id: customer.id } } });
    await cache.invalidateQueries({ queryKey: drillsQuery(customer.id).queryKey });
  });
  if (!data) return error ? <ProblemBox of={error} retry={() => void refetch()} /> : <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>;
  const [newest, ...earlier] = data.drills;
  if (customer.connection === "unconnected" && !newest) return <Empty icon={<PlugDisconnectedRegular />} title={texts.noTenant} help={texts.noTenantHelp} />;
  const running = run.working || (newest !== undefined && newest.ended_at === undefined);
  return (
    <>
      <section className={cards.card} aria-labelledby="drill">
        <div className={cards.head}>
          <h2 id="drill" className={cards.title}>{texts.drill}</h2>
          {admin && <Button appearance="primary" icon={running ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={running} onClick={run.run}>{running ? texts.running : texts.run}</Button>}
        </div>
        <p className={cards.dim}>{texts.about}</p>
        {run.problem !== undefined && <ProblemBox of={run.problem} />}
        {!newest && <p className={cards.line}><strong>{texts.none}.</strong> {texts.noneHelp}</p>}
      </section>
      {newest && <NewestDrill of={newest} />}
      <Schedule customer={customer} of={data.schedule} readOnly={!admin} />
      {earlier.length > 0 && <DrillHistory of={earlier} />}
    </>
  );
}
