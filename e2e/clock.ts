import type { Page } from "@playwright/test";

/**
 * Gives the page a clock that a test can move. The page believes the server's clock, which does not move with it: from now on
 * it does not hear that.
 */
export async function ownClock(page: Page) {
  await page.evaluate(() => {
    const get = Headers.prototype.get;
    Headers.prototype.get = function (name) { return name.toLowerCase() === "date" ? null : get.call(this, name); };
  });
  await page.clock.install();
}
