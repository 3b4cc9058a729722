import { Switch } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../../api/client";
import { ProblemBox } from "../../../parts/ProblemBox";
import { useAction } from "../../../parts/useAction";
import { holds, useMe } from "../../../shell/me";
import { useToasts } from "../../../shell/toasts";
import { texts } from "../../../texts/preflight";
import { preflightQuery, type Customer, type Preflight } from "../../queries";
import { useCardStyles } from "../../styles";

/** Allows, or forbids, Hourglass a role for its own app in the customer's tenant. */
export function useAppRole(customer: Customer) {
  const cache = useQueryClient();
  const toasts = useToasts();
  return useAction(async (allow: boolean) => {
    const changed = await body(api.PUT("/api/v1/customers/{id}/preflight", { params: { path: { id: customer.id } }, body: { may_take_user_administrator: allow } }));
    cache.setQueryData(preflightQuery(customer.id).queryKey, changed);
    toasts.done(allow ? texts.allowed : texts.forbidden);
  });
}

export type AppRoleAction = ReturnType<typeof useAppRole>;

export function AppRole({ of: p, role }: { of: Preflight; role: AppRoleAction }) {
  const cards = useCardStyles();
  const admin = holds(useMe(), "admin");
  return (
    <section className={cards.card} aria-labelledby="app-role">
      <h2 id="app-role" className={cards.title}>{texts.role}</h2>
      <p className={cards.dim}>{texts.roleAbout}</p>
      {role.problem !== undefined && <ProblemBox of={role.problem} />}
      <Switch label={texts.roleAllow} checked={p.may_take_user_administrator} disabled={!admin || role.working} onChange={(_, { checked }) => role.run(checked)} />
      <p className={cards.line}>{p.has_taken_user_administrator ? texts.roleHeld : texts.roleNotHeld}</p>
    </section>
  );
}
