import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const looks = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "dark", forcedColors: "active" },
} as const;

/**
 * No accessibility rule of WCAG 2.2 AA is broken, in light, in dark and in colours that the system forces; nothing is wider than the
 * window. LOOK names a folder for pictures.
 */
export async function expectSound(page: Page, name: string) {
  for (const [look, media] of Object.entries(looks)) {
    await page.emulateMedia(media);
    if (process.env.LOOK) await page.screenshot({ path: `${process.env.LOOK}/${name}-${look}.png` });
    const wide = await page.locator("body *:visible").evaluateAll((nodes) => nodes.filter((n) => n.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map((n) => n.outerHTML.slice(0, 80)));
    expect(wide, `${name}, ${look}: nothing is cut off`).toEqual([]);
    const axe = new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]);
    if (look === "forced") axe.disableRules("color-contrast"); // the colours are the system's then; axe reads those of the page
    const { violations } = await axe.analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`), `${name}, ${look}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null });
}
