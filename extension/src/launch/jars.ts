import { browser } from "wxt/browser";
import { containers, createTab } from "../firefox";
import { Trouble } from "../portal/trouble";
import { of } from "../texts";
import { say } from "../../../web/src/texts/say";
import type { Jar, Kind } from "./kinds";
import type { Launch } from "./launches";

/** Which kinds this browser has for the extension now. */
export async function jarKinds(): Promise<{ containers: boolean; privateWindows: boolean }> {
  return { containers: containers !== undefined, privateWindows: await browser.extension.isAllowedIncognitoAccess() };
}

type Opened = { tab: number; jar: Jar };

/** Opens the address in a jar of the kind: in the session's window where the customer has one already. */
export async function openIn(kind: Kind, address: string, name: string, before: Launch | undefined): Promise<Opened> {
  if (before) {
    const { windowId } = await browser.tabs.get(before.tab);
    const cookieStoreId = before.jar.startsWith("container:") ? before.jar.slice("container:".length) : undefined;
    const tab = await createTab({ url: address, windowId, ...(cookieStoreId && { cookieStoreId }) });
    return { tab: idOf(tab), jar: before.jar };
  }
  if (kind === "container" && containers) {
    const { cookieStoreId } = await containers.create({ name, color: "yellow", icon: "briefcase" });
    return { tab: idOf(await createTab({ url: address, cookieStoreId })), jar: `container:${cookieStoreId}` };
  }
  const window = await browser.windows.create({ url: address, focused: true, incognito: kind === "private" });
  return { tab: idOf(window?.tabs?.[0]), jar: kind === "private" ? "private" : "shared" };
}

function idOf(tab: { id?: number } | undefined): number {
  if (tab?.id === undefined) throw new Trouble("refused");
  return tab.id;
}

/** Throws away a container with its cookies; the other jars are the browser's. */
export async function emptyJar(jar: Jar): Promise<void> {
  if (jar.startsWith("container:")) await containers?.remove(jar.slice("container:".length)).catch(() => undefined);
}

/** What the technician is told where somebody else's session is in the way. */
export const occupied = (customer: string) => new Trouble("occupied", say(of("trouble_", "occupied") as "{customer}", { customer }));
