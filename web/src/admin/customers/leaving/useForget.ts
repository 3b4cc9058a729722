import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useToasts } from "../../../shell/toasts";
import { texts } from "../../../texts/leaving";
import { say } from "../../../texts/say";
import { customerQuery, setupKey } from "../../queries";

/** Leads away from a customer that is no more, and forgets it. */
export function useForget() {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const toasts = useToasts();
  return useCallback(async (customer: { id: string; name: string }) => {
    toasts.done(say(texts.removed, { name: customer.name }));
    await navigate({ to: "/admin/customers", replace: true });
    cache.removeQueries({ queryKey: customerQuery(customer.id).queryKey }); // only now: its screen shows it until it is left
    await cache.invalidateQueries({ queryKey: setupKey });
  }, [cache, navigate, toasts]);
}
