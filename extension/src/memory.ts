import { browser } from "wxt/browser";
import type { Launch } from "./launch/launches";
import type { Seen } from "./portal/grants";

/** What is kept while the browser runs, in memory alone and for the extension's own pages alone. Never a credential. */
export type Kept = {
  launches: Record<string, Launch>;
  seen: Seen;
  tokens: { access: string; until: number };
};

/** Does something while nothing else in the extension does something under the same name. */
export async function locked<T>(name: string, what: () => Promise<T>): Promise<T> {
  return await navigator.locks.request(name, what);
}

export const memory = {
  async get<K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> {
    return (await browser.storage.session.get(key))[key] as Kept[K] | undefined;
  },
  set<K extends keyof Kept>(key: K, value: Kept[K]): Promise<void> {
    return browser.storage.session.set({ [key]: value });
  },
  drop(...keys: (keyof Kept)[]): Promise<void> {
    return browser.storage.session.remove(keys);
  },
  /** Calls with every new value, and returns what ends that. */
  watch<K extends keyof Kept>(key: K, tell: (value: Kept[K] | undefined) => void): () => void {
    const listener = (changes: Record<string, { newValue?: unknown }>) => {
      if (key in changes) tell(changes[key]!.newValue as Kept[K] | undefined);
    };
    browser.storage.session.onChanged.addListener(listener);
    return () => browser.storage.session.onChanged.removeListener(listener);
  },
};
