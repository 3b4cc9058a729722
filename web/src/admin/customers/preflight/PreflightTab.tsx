import { Button, MessageBar, MessageBarBody, MessageBarTitle, Skeleton, SkeletonItem, Spinner, makeStyles, tokens } from "@fluentui/react-components";
import { ArrowSyncRegular } from "@fluentui/react-icons/svg/arrow-sync";
import { PlugDisconnectedRegular } from "@fluentui/react-icons/svg/plug-disconnected";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { Instant } from "../../../parts/Instant";
import { LinkButton } from "../../../parts/LinkButton";
import { ProblemBox } from "../../../parts/ProblemBox";
import { useAction } from "../../../parts/useAction";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/preflight";
import { texts as shell } from "../../../texts/shell";
import { Fact, Facts } from "../../Facts";
import { preflightQuery, type Customer, type Preflight } from "../../queries";
import { useCardStyles } from "../../styles";
import { healthOf } from "../health";
import { HealthBadge } from "../HealthBadge";
import { useCustomer } from "../useCustomer";
import { AppRole, useAppRole } from "./AppRole";
import { Findings } from "./Findings";
import { Verdicts } from "./Verdicts";

const useStyles = makeStyles({ list: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXL } });

/** Will a grant work here, and if not, what mends it? */
export function PreflightTab() {
  const customer = useCustomer();
  const { data: preflight, error, refetch } = useQuery(preflightQuery(customer.id));
  if (!preflight) return error ? <ProblemBox of={error} retry={() => void refetch()} /> : <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>;
  if (customer.connection === "unconnected") {
    return (
      <Empty icon={<PlugDisconnectedRegular />} title={texts.noTenant} help={texts.noTenantHelp}>
        <LinkButton appearance="primary" to="/admin/customers/$id/connection" params={{ id: customer.id }}>{texts.toConnection}</LinkButton>
      </Empty>
    );
  }
  return <Shown customer={customer} preflight={preflight} />;
}

function Shown({ customer, preflight: p }: { customer: Customer; preflight: Preflight }) {
  const role = useAppRole(customer);
  return (
    <>
      <Summary customer={customer} preflight={p} />
      <Verdicts of={p} />
      <Findings customer={customer} of={p} role={role} />
      <AppRole of={p} role={role} />
    </>
  );
}

function Summary({ customer, preflight: p }: { customer: Customer; preflight: Preflight }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const cache = useQueryClient();
  const admin = holds(useMe(), "admin");
  const check = useAction(async () => {
    const begun = await body(api.POST("/api/v1/customers/{id}/preflight", { params: { path: { id: customer.id } } }));
    cache.setQueryData(preflightQuery(customer.id).queryKey, begun);
  });
  const health = healthOf({ connection: customer.connection, preflight: { health: p.health, blocking: 0, warnings: 0, infos: 0 } });
  const checking = p.checking || check.working;
  return (
    <section className={cards.card} aria-labelledby="preflight">
      <div className={cards.head}>
        <h2 id="preflight" className={cards.title}>{texts.preflight}</h2>
        {admin && <Button appearance="primary" icon={checking ? <Spinner size="extra-tiny" /> : <ArrowSyncRegular />} disabledFocusable={checking} onClick={check.run}>{texts.checkNow}</Button>}
      </div>
      <p className={cards.dim}>{texts.about}</p>
      {check.problem !== undefined && <ProblemBox of={check.problem} />}
      <div className={cards.row} role="status" data-checking={checking}>
        <HealthBadge of={health} />
        <span>{checking ? texts.checking : texts[`${health}Help`]}</span>
      </div>
      <Facts>
        <Fact name={texts.checked}>{p.checked_at ? <Instant at={p.checked_at} /> : texts.never}</Fact>
        <Fact name={texts.next}>{p.next_at ? <Instant at={p.next_at} /> : texts.notPlanned}</Fact>
      </Facts>
      {p.unread.length > 0 && p.checked_at && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{texts.unread}</MessageBarTitle>{texts.unreadHelp}
            <ul className={styles.list}>{p.unread.map(({ fact, sentence }) => <li key={fact}>{sentence}</li>)}</ul>
          </MessageBarBody>
        </MessageBar>
      )}
    </section>
  );
}
