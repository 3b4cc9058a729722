import createClient from "openapi-fetch";
import { confirmWithPasskey } from "./passkey";
import { Problem } from "./problem";
import { signedInAgain } from "./session";
import { sendOnce } from "./transport";
import type { paths } from "./schema.gen";

// What a person can put right on the spot, and how. The request is then sent again, as it was.
const remedies: Record<string, () => Promise<void>> = {
  "sign-in-required": signedInAgain,
  "fresh-assertion-required": confirmWithPasskey,
};

/**
 * Sends, and lets the person put right what they can: sign in again in place when the session is over, confirm with
 * the passkey where the server wants that. Each remedy is tried once.
 */
export async function send(request: Request): Promise<Response> {
  const tried = new Set<string>();
  for (;;) {
    try {
      return await sendOnce(request.clone());
    } catch (problem) {
      const remedy = problem instanceof Problem && !tried.has(problem.kind) ? remedies[problem.kind] : undefined;
      if (!remedy) throw problem;
      tried.add((problem as Problem).kind);
      await remedy();
    }
  }
}

/** The API, typed by its document. Whatever fails is thrown as a Problem. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

/** The body of an answer that has one. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
