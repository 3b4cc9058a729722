import { browser } from "wxt/browser";
import { launches } from "./launches";

/** Marks the extension's button where a launch was stopped; the popup says why. */
export async function showStops(): Promise<void> {
  const any = (await launches()).some((launch) => launch.stopped);
  await browser.action.setBadgeBackgroundColor({ color: "#b10e1c" });
  await browser.action.setBadgeText({ text: any ? "!" : "" });
}
