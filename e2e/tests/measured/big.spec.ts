import type { Locator, Page } from "@playwright/test";
import { addPerson, addresses, fill } from "../../stage.ts";
import { expect, test } from "../../test.ts";

const usableWithin = 2000; // ms from the address being opened, with nothing in the browser's cache but the portal
const reactsWithin = 100; // ms from a key to the next picture

type Screen = { name: string; path: string; shown: (page: Page) => Locator; search?: { box: (page: Page) => Locator; words: string; found: (page: Page) => Locator } };

const screens: Screen[] = [
  {
    name: "home", path: "/", shown: (p) => p.locator("[data-customer]").first(),
    search: { box: (p) => p.getByRole("searchbox", { name: "Find a customer" }), words: "wingtip 0999", found: (p) => p.getByRole("heading", { name: "Wingtip 0999" }) },
  },
  { name: "live board", path: "/admin", shown: (p) => p.getByRole("list", { name: "Timeline" }).getByRole("listitem").first() },
  { name: "live board, table", path: "/admin?view=table", shown: (p) => p.getByRole("rowheader").first() },
  {
    name: "customers", path: "/admin/customers", shown: (p) => p.getByRole("rowheader").first(),
    search: { box: (p) => p.getByRole("searchbox"), words: "wingtip 0999", found: (p) => p.getByRole("link", { name: "Wingtip 0999" }) },
  },
  {
    name: "people", path: "/admin/people", shown: (p) => p.getByRole("rowheader").first(),
    search: { box: (p) => p.getByRole("searchbox"), words: "ada 495", found: (p) => p.getByRole("link", { name: "Ada 495" }) },
  },
  {
    name: "access", path: "/admin/access", shown: (p) => p.getByRole("gridcell").first(),
    search: { box: (p) => p.getByRole("searchbox", { name: "Filter customers" }), words: "wingtip 0999", found: (p) => p.getByText("Wingtip 0999") },
  },
  { name: "audit", path: "/admin/audit", shown: (p) => p.getByRole("rowheader").first() },
  { name: "history", path: "/history", shown: (p) => p.getByRole("heading", { level: 1 }) },
];

/** The longest time from a key to the next picture, by the browser's own measure (in steps of 8 ms), while words are typed. */
async function reaction(page: Page, words: string): Promise<number> {
  await page.evaluate(() => {
    const seen = ((window as any).reactions = [] as number[]);
    new PerformanceObserver((list) => seen.push(...list.getEntries().filter(({ name }) => /^(key|input|beforeinput)/.test(name)).map(({ duration }) => duration)))
      .observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  await page.keyboard.type(words, { delay: 150 });
  // The observer hears of an event only after the picture that follows it.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  return Math.max(0, ...await page.evaluate(() => (window as any).reactions as number[]));
}

test("1,000 customers, 500 people and 100,000 grants stay quick", async ({ page, portal }) => {
  test.setTimeout(600_000);
  await fill();
  await portal.enrol(await addPerson({ name: "Grace", handle: "big", roles: ["technician", "admin", "auditor"], may: [{ profile: "Help desk" }, { profile: "User administration" }] }));
  for (const { name, path, shown, search } of screens) {
    await page.goto("about:blank");
    const began = performance.now();
    await page.goto(addresses.portal + path, { waitUntil: "commit" });
    await shown(page).waitFor();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
    const usable = Math.round(performance.now() - began);
    let line = `${name.padEnd(18)} usable after ${String(usable).padStart(5)} ms`;
    expect.soft(usable, `${name}: usable`).toBeLessThanOrEqual(usableWithin);
    if (search) {
      await search.box(page).focus();
      const key = await reaction(page, search.words);
      await expect(search.found(page).first()).toBeVisible();
      line += `, a key in the search shows after ${String(key).padStart(4)} ms at most`;
      expect.soft(key, `${name}: reaction`).toBeLessThanOrEqual(reactsWithin);
    }
    console.log(line);
  }
});
