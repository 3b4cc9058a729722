import { useNow } from "../api/clock";
import { exactInstant, length } from "./times";

/** What is left until an instant, second by second. Those who listen are not told every second: see useEndWarnings. */
export function Countdown({ until }: { until: string }) {
  const left = Date.parse(until) - useNow();
  return <time dateTime={until} title={exactInstant(new Date(until))} role="timer" aria-live="off">{length(left)}</time>;
}
