import { browser } from "wxt/browser";
import type { Kind, Protocol } from "./protocol";

/** Asks the background. It answers every message that its sender may send. */
export function ask<K extends Kind>(kind: K, says: Protocol[K]["says"]): Promise<Protocol[K]["answers"]> {
  return browser.runtime.sendMessage({ kind, says });
}
