import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useNow } from "../../../api/clock";
import { Problem } from "../../../api/problem";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { ProblemBox } from "../../../parts/ProblemBox";
import { Steps } from "../../../parts/Steps";
import { texts } from "../../../texts/customers";
import { say } from "../../../texts/say";
import { useCardStyles } from "../../styles";
import { stepsOf, type AttemptOf } from "./steps";

const words = { awaiting_consent: texts.stepConsent, awaiting_token: texts.stepToken, awaiting_permissions: texts.stepPermissions, verifying: texts.stepVerifying, connected: texts.stepConnected };

/** How far the newest attempt has come, and what mends it where it failed. */
export function Attempt({ of: a, again }: { of: AttemptOf; again?: () => void }) {
  const cards = useCardStyles();
  const late = useNow() > Date.parse(a.expires_at);
  const waiting = a.step === "awaiting_consent";
  const ended = a.step === "connected" || a.step === "failed";
  const retry = again && <div><Button onClick={again}>{texts.remedyConsent}</Button></div>;
  return (
    <section className={cards.card} aria-labelledby="attempt" data-attempt={a.step}>
      <div className={cards.head}>
        <h2 id="attempt" className={cards.title}>{texts.attempt}</h2>
        <span className={cards.dim}><Filled text={texts.attemptBegun} values={{ at: <Instant at={a.begun_at} /> }} /></span>
      </div>
      <div aria-live="polite"><Steps label={texts.attemptSteps} steps={stepsOf(a, late).map(({ step, state }) => ({ name: step, text: words[step], state }))} /></div>
      {a.missing.length > 0 && a.step !== "connected" && <p className={cards.line}>{say(texts.stillMissing, { permissions: a.missing.join(", ") })}</p>}
      {a.step === "failed" && a.failure && <ProblemBox of={new Problem(a.failure)} />}
      {waiting && !late && <p className={cards.dim}><Filled text={texts.consentOpen} values={{ at: <Instant at={a.expires_at} /> }} /></p>}
      {waiting && late && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody><MessageBarTitle>{texts.consentOver}</MessageBarTitle><Filled text={texts.consentOverHelp} values={{ at: <Instant at={a.expires_at} /> }} /></MessageBarBody>
        </MessageBar>
      )}
      {!waiting && !ended && <p className={cards.dim}>{texts.slowHelp}</p>}
      {(a.step === "failed" || waiting) && retry}
    </section>
  );
}
