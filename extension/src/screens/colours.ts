// The portal's colours for customers are those of Fluent UI's Avatar; here are the same, so that a customer looks alike everywhere.
// Pairs of a light and a dark one: the light one is behind dark letters, in dark surroundings the other way round.
const pairs: readonly (readonly [light: string, dark: string])[] = [
  ["#d69ca5", "#420610"], ["#eeacb2", "#6e0811"], ["#f1bbbc", "#751d1f"], ["#efc4ad", "#712d09"], ["#ffddb3", "#8f4e00"], ["#f9e2ae", "#835b00"],
  ["#ecdfa5", "#6c5700"], ["#e0cea2", "#553e06"], ["#ddc3b0", "#50301a"], ["#bdd99b", "#294903"], ["#a8f0cd", "#00723b"], ["#9ad29a", "#063b06"],
  ["#a6e9ed", "#00666d"], ["#9bd9db", "#02494c"], ["#94c8d4", "#00333f"], ["#a9d3f2", "#004377"], ["#9abfdc", "#002c4e"], ["#c8d1fa", "#2c3c85"],
  ["#a3b2e8", "#001665"], ["#d2ccf8", "#3f3682"], ["#c6b1de", "#341a51"], ["#d9a7e0", "#4c0d55"], ["#e6bfed", "#63276d"], ["#f7c0e3", "#80215d"],
  ["#eca5d1", "#6b0043"], ["#d696c0", "#43002b"], ["#d7d4d4", "#444241"], ["#cecccb", "#343231"], ["#cdd6d8", "#3b4447"], ["#bcc3c7", "#202427"],
];

/** The colours of whatever has this id. Source: getHashCode in @fluentui/react-avatar. */
export function coloursOf(id: string): { light: string; dark: string } {
  let hash = 0;
  for (let i = id.length - 1; i >= 0; i--) {
    const code = id.charCodeAt(i), shift = i % 8;
    hash ^= (code << shift) + (code >> (8 - shift));
  }
  const [light, dark] = pairs[hash % pairs.length]!;
  return { light, dark };
}
