import { expect, test, vi } from "vitest";

vi.stubGlobal("location", { origin: "https://hourglass.msp.example" });
const { newIntent } = await import("./intent");
const { Problem } = await import("./problem");

const lost = () => Promise.reject(Problem.unreachable());
const refused = () => Promise.reject(new Problem({ title: "", detail: "", status: 409 }));

test("what was lost on the way is repeated with its key; everything else gets a new one", async () => {
  const send = newIntent();
  const keys: string[] = [];
  const attempt = (content: string, end: () => Promise<unknown>) => send(content, (key) => { keys.push(key); return end(); }).catch(() => {});
  await attempt("a", lost);
  await attempt("a", () => Promise.resolve());
  await attempt("a", lost);
  await attempt("b", refused);
  await attempt("b", () => Promise.resolve());
  expect(keys[1]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(4);
});
