import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, type TestInfo } from "@playwright/test";

/** Fluent's sentinels: hidden from those who listen, they pass a focus that reaches them on before anything is heard. */
const sentinels = "[data-tabster-dummy]";
/** What hovers belongs to what it explains, wherever in the document it stands; whether one is out is a matter of the pointer. */
const tooltips = "[role=tooltip]";

/**
 * Looks at the page narrow and wide, light and dark: nothing to scroll sideways but tables in a box of their own, nothing that
 * axe objects to.
 */
export async function look(page: Page, info: TestInfo, what: string) {
  const dialog = await page.getByRole("dialog").count() > 0;
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" }); // what comes or goes meanwhile does so at once
      await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
      // What moves since before is half transparent: nobody reads it, and axe cannot judge it.
      await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((a) => a.playState === "running" && a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished)));
      const where = `${what}, ${width} px, ${colorScheme}`;
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), where).toBeLessThanOrEqual(0);
      const cut = await page.locator("main *:visible").evaluateAll((nodes) => nodes.filter((n) => n.getBoundingClientRect().right > innerWidth + 0.5 && !n.closest("[role=region][tabindex], [role=grid]")).map((n) => n.outerHTML.slice(0, 80)));
      expect(cut, `${where}: nothing is cut off`).toEqual([]);
      await page.screenshot({ path: `${info.project.outputDir}/looks/${what}-${width}-${colorScheme}.png`, fullPage: !dialog });
      if ((width === 390) !== (colorScheme === "light")) continue; // axe is slow: each width and each scheme once
      const { violations } = await new AxeBuilder({ page }).exclude(sentinels).exclude(tooltips).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), where).toEqual([]);
    }
  }
  await page.emulateMedia({ reducedMotion: null });
}
