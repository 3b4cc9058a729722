import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { initials } from "../../../web/src/parts/initials";
import { length } from "../../../web/src/parts/times";
import { memory, type Kept } from "../memory";
import { coloursOf } from "./colours";

/** The present in ms by the server's clock, renewed every second. */
export function useNow(ahead: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now + ahead;
}

/** What the background keeps, as it changes; undefined while it is read, null where there is nothing. */
export function useMemory<K extends keyof Kept>(key: K): Kept[K] | null | undefined {
  const [value, setValue] = useState<Kept[K] | null>();
  useEffect(() => {
    void memory.get(key).then((known) => setValue(() => known ?? null));
    return memory.watch(key, (known) => setValue(() => known ?? null));
  }, [key]);
  return value;
}

/** What is left until an instant. */
export const left = (until: string, now: number) => length(Date.parse(until) - now);

/** A customer's initials on its own colour. */
export function Mark({ customer }: { customer: { id: string; name: string } }) {
  const { light, dark } = coloursOf(customer.id);
  return <span class="mark" aria-hidden="true" style={{ "--light": light, "--dark": dark }}>{initials(customer.name)}</span>;
}

/** Something that has to be read, with what can be done about it. */
export function Note({ kind, title, children }: { kind: "info" | "warning" | "error"; title?: string; children?: ComponentChildren }) {
  return <div class={`note ${kind}`} role={kind === "info" ? "status" : "alert"}>{title && <strong>{title}</strong>}{children}</div>;
}
