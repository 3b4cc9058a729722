import { locale, say } from "../texts/say";
import { texts } from "../texts/shell";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(locale as string[], options)));
  return known;
}

const hourMinute = { hour: "2-digit", minute: "2-digit" } as const;

/** An instant as people say it: the time alone today, with the day otherwise, with the year in another one. */
export function shortInstant(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return clockTime(at);
  const day = { day: "numeric", month: "short", ...hourMinute } as const;
  return format(at.getFullYear() === now.getFullYear() ? day : { ...day, year: "numeric" }).format(at);
}

/** The hour and minute of an instant, where its day is plain. */
export const clockTime = (at: Date) => format(hourMinute).format(at);

/** An instant to the second, in the reader's zone and in UTC. */
export function exactInstant(at: Date): string {
  return `${format({ dateStyle: "full", timeStyle: "long" }).format(at)}\n${at.toISOString()}`;
}

/** A length of time in ms as two units at most, never below zero: the seconds only in the last hour. */
export function length(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const h = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60, s = seconds % 60;
  if (h) return say(texts.hoursMinutes, { h, m });
  return m ? say(texts.minutesSeconds, { m, s }) : say(texts.seconds, { s });
}

/** A length that was agreed on, such as a lifetime: without what is zero. */
export function span(seconds: number): string {
  const h = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60;
  if (h && m) return say(texts.hoursMinutes, { h, m });
  if (h) return say(texts.hoursOnly, { h });
  return m ? say(texts.minutesOnly, { m }) : say(texts.seconds, { s: seconds });
}

const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** The seconds of a length as people write it: 4 h, 90 min, 1 h 30 min, 1:30. A bare number counts hours. */
export function secondsOf(text: string): number | undefined {
  const tidy = text.trim().toLowerCase();
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(tidy);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60;
  if (/^\d{1,2}$/.test(tidy)) return Number(tidy) * 3600;
  if (!/^(\d{1,5}\s*(h|hours?|m|min|minutes?|s|sec|seconds?)\s*)+$/.test(tidy)) return undefined;
  return [...tidy.matchAll(/(\d+)\s*([hms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0);
}
