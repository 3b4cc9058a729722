import { texts } from "../../../texts/drills";
import { locale, say } from "../../../texts/say";

/** How long a step took: to the millisecond below a second, to a tenth of a second above. */
export function took(seconds: number): string {
  if (seconds < 1) return say(texts.milliseconds, { n: Math.round(seconds * 1000) });
  return say(texts.seconds, { n: seconds.toLocaleString(locale as string[], { minimumFractionDigits: 1, maximumFractionDigits: 1 }) });
}
