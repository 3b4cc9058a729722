import { useQueryClient } from "@tanstack/react-query";
import { useAction } from "../parts/useAction";
import { useToasts } from "../shell/toasts";
import { setupKey } from "./queries";

/** Does it, has everything read again that it may have changed, says so and closes. */
export function useChange(done: string, close: () => void, work: () => Promise<unknown>) {
  const cache = useQueryClient();
  const toasts = useToasts();
  return useAction(async () => {
    await work();
    await cache.invalidateQueries({ queryKey: setupKey });
    toasts.done(done);
    close();
  });
}
