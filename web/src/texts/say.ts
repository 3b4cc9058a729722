/** The languages that the portals speak. A new one is a value here and a catalogue in every file beside this one. */
export type Language = "en";

const spoken = "en" satisfies Language;

type Plural = { readonly one: string; readonly other: string };
type Catalogue = Readonly<Record<string, string | Plural>>;
type Translated<C extends Catalogue> = { readonly [K in keyof C]: C[K] extends string ? string : Plural };

/** The catalogue in the reader's language. English decides which texts there are. */
export function inLanguage<const C extends Catalogue>(catalogues: { en: C } & { [L in Exclude<Language, "en">]: Translated<C> }): C {
  return catalogues[spoken];
}

/** For Intl: how the reader writes dates and numbers, which is theirs to choose whatever language the words are in. */
export const locale = typeof navigator === "undefined" ? undefined : navigator.languages;

/** The names in a text's braces. */
export type Names<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** A text with its names filled in. */
export function say<T extends string>(text: T, values: Record<Names<T>, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name as Names<T>]));
}

const plurals = new Intl.PluralRules(spoken);

/** The form of a text for so many; `{n}` stands for the number. */
export function count(text: Plural, n: number): string {
  const form = plurals.select(n) === "one" ? text.one : text.other;
  return form.replace("{n}", n.toLocaleString(locale as string[]));
}

/** A text in the pieces between its names, for what cannot be filled with plain characters. */
export function pieces(text: string): { text: string; name?: string }[] {
  return text.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? { text: "", name: part } : { text: part }));
}
