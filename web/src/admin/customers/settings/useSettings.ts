import { useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../../api/client";
import { useAction } from "../../../parts/useAction";
import { useDraft } from "../../../parts/useDraft";
import { useToasts } from "../../../shell/toasts";
import { texts } from "../../../texts/customers";
import { customerQuery, ifMatch, setupKey, type Customer } from "../../queries";

const everything = (c: Customer) => ({
  name: c.name,
  account_domain: c.account_domain,
  default_lifetime_seconds: c.default_lifetime_seconds ?? 4 * 3600,
  maximum_lifetime_seconds: c.maximum_lifetime_seconds ?? 8 * 3600,
  account_name_template: c.account_name_template,
  display_name_template: c.display_name_template,
});

type Settings = ReturnType<typeof everything>;

/** A draft of some of a customer's settings, and saving it: the others stay as they are. */
export function useSettings<K extends keyof Settings>(customer: Customer, ...fields: K[]) {
  const cache = useQueryClient();
  const toasts = useToasts();
  const draft = useDraft(customer, (c) => Object.fromEntries(fields.map((field) => [field, everything(c)[field]])) as Pick<Settings, K>);
  const save = useAction(async () => {
    try {
      const saved = await body(api.PUT("/api/v1/customers/{id}", {
        params: { path: { id: customer.id }, header: ifMatch(draft.base) }, body: { ...everything(draft.base), ...draft.fields },
      }));
      if (saved) {
        draft.take(saved);
        cache.setQueryData(customerQuery(customer.id).queryKey, saved);
      }
      toasts.done(texts.saved);
    } finally {
      void cache.invalidateQueries({ queryKey: setupKey });
    }
  });
  return { draft, save };
}
