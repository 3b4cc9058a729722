import type { Grant } from "../api/queries";
import { Steps } from "../parts/Steps";
import { texts } from "../texts/grants";
import { stepsOf, type Step } from "./steps";

const words: Record<Step["name"], string> = { approval: texts.stepApproval, account: texts.stepAccount, credential: texts.stepCredential, roles: texts.stepRoles };

/** The real steps between the request and the access, as they happen. */
export const StepList = ({ grant }: { grant: Grant }) => (
  <Steps label={texts.steps} steps={stepsOf(grant).map(({ name, state }) => ({ name, state, text: words[name] }))} />
);
