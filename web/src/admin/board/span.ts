import type { Grant } from "../../api/queries";

const quarter = 15 * 60_000; // ms

export type Span = { from: number; to: number };

/** From when until when a grant is, as far as anybody knows: one that is not off yet goes on until now. */
export function spanOf(g: Grant, now: number): Span {
  const from = Date.parse(g.active_at ?? g.requested_at);
  const to = g.state === "active" && g.expires_at ? Date.parse(g.expires_at) : now;
  return { from, to: Math.max(to, from) };
}

/** What the plot shows: all of every span, and the next hour, from quarter to quarter of an hour so that it does not creep. */
export function windowOf(spans: readonly Span[], now: number): Span {
  const from = Math.min(now, ...spans.map((s) => s.from)), to = Math.max(now + 4 * quarter, ...spans.map((s) => s.to));
  return { from: Math.floor(from / quarter) * quarter, to: Math.ceil((to + 1) / quarter) * quarter };
}

const steps = [15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * 60_000);

/** Instants to write below the plot: at most so many, at round times of the reader's zone, none at its very edges. */
export function ticks(window: Span, atMost: number): number[] {
  const step = steps.find((s) => (window.to - window.from) / s <= atMost) ?? (window.to - window.from) / atMost;
  const offset = new Date(window.from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((window.from - offset) / step) * step + offset;
  const all = [];
  for (let at = first; at <= window.to; at += step) all.push(at);
  return all.filter((tick) => Math.abs(place(tick, window) - 50) < 47);
}

/** Where an instant lies in a window, from 0 to 100. */
export const place = (at: number, window: Span) => (100 * (Math.min(Math.max(at, window.from), window.to) - window.from)) / (window.to - window.from);
