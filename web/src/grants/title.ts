import type { Grant } from "../api/queries";
import { say } from "../texts/say";
import { texts } from "../texts/grants";

/** What a grant is called in a sentence; of somebody else, with who it is. */
export function titleOf(g: Grant, own: boolean): string {
  const values = { profile: g.profile.name, customer: g.customer.name };
  return own ? say(texts.title, values) : say(texts.titleOf, { person: g.person.name, ...values });
}
