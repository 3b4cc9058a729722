const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const first = (word: string) => [...graphemes.segment(word)][0]?.segment ?? "";

/** Up to two letters that stand for a name, in whatever script it is written. */
export function initials(name: string): string {
  const words = name.split(/[\s/&._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const [a = "", b = ""] = words.length > 1 ? [words[0], words[1]] : [words[0]];
  return (first(a) + first(b)).toLocaleUpperCase();
}
