import type { Connection } from "../../queries";

export type AttemptOf = NonNullable<Connection["attempt"]>;
type Name = Exclude<AttemptOf["step"], "failed">;

const byConsent: readonly Name[] = ["awaiting_consent", "awaiting_token", "awaiting_permissions", "verifying", "connected"];

/**
 * The steps of an attempt and how far it has come. Where it failed, what is known tells at which step: before the
 * consent, while permissions were missing, or at the tenant itself.
 */
export function stepsOf(a: Pick<AttemptOf, "step" | "own_app" | "missing" | "consented_at">, late: boolean): { step: Name; state: "done" | "now" | "later" | "failed" }[] {
  const steps = a.own_app ? byConsent.slice(1) : byConsent;
  if (a.step === "connected") return steps.map((step) => ({ step, state: "done" }));
  const failed = a.step === "failed" || (a.step === "awaiting_consent" && late);
  const at = steps.indexOf(a.step === "failed" ? whereFailed(a) : a.step);
  return steps.map((step, i) => ({ step, state: i < at ? "done" : i > at ? "later" : failed ? "failed" : "now" }));
}

function whereFailed(a: Pick<AttemptOf, "own_app" | "missing" | "consented_at">): Name {
  if (!a.own_app && a.consented_at === undefined) return "awaiting_consent";
  return a.missing.length > 0 ? "awaiting_permissions" : "verifying";
}
