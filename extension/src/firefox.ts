import { browser } from "wxt/browser";

/** What only Firefox has: containers, each with cookies of its own. */
type Containers = {
  create(container: { name: string; color: string; icon: string }): Promise<{ cookieStoreId: string }>;
  remove(cookieStoreId: string): Promise<unknown>;
};

export const containers = (browser as { contextualIdentities?: Containers }).contextualIdentities;

/** What opens a tab, in a container or not. */
export async function createTab(about: { url: string; windowId?: number; cookieStoreId?: string }): Promise<{ id?: number }> {
  return await browser.tabs.create(about);
}
