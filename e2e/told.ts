import { expect } from "@playwright/test";

const within = 2000; // ms

/** Waits until the page tells what is true by now, prints how long it took and lets it be two seconds at most. */
export async function told(what: string, page: () => Promise<void>) {
  const began = performance.now();
  await page();
  const took = Math.round(performance.now() - began);
  console.log(`told within ${String(took).padStart(5)} ms: ${what}`);
  expect(took, what).toBeLessThanOrEqual(within);
}
