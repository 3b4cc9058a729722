import { Problem } from "./problem";

/**
 * Sends what a person wants with an idempotency key: one intent, however often it has to be sent. A repeat after an
 * answer that never came carries the same key, so that it cannot happen twice; another intent carries another.
 */
export function newIntent() {
  let open: { content: string; key: string } | undefined;
  return async function send<T>(content: unknown, how: (key: string) => Promise<T>): Promise<T> {
    const wanted = JSON.stringify(content);
    if (open?.content !== wanted) open = { content: wanted, key: crypto.randomUUID() };
    try {
      const answer = await how(open.key);
      open = undefined;
      return answer;
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.passing) open = undefined;
      throw problem;
    }
  };
}
