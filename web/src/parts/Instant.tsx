import { now } from "../api/clock";
import { exactInstant, shortInstant } from "./times";

/** An instant in the reader's zone; the exact one on hover. */
export function Instant({ at }: { at: string }) {
  const date = new Date(at);
  return <time dateTime={at} title={exactInstant(date)}>{shortInstant(date, new Date(now()))}</time>;
}
