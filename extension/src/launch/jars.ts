import { browser } from "wxt/browser";
import { containers, createTab } from "../firefox";
import { locked } from "../memory";
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
    const { windowId } = await browser.tabs.get(before.tabs[0]!);
    const cookieStoreId = before.jar.startsWith("container:") ? before.jar.slice("container:".length) : undefined;
    const tab = await createTab({ url: address, windowId, ...(cookieStoreId && { cookieStoreId }) });
    return { tab: idOf(tab), jar: before.jar };
  }
  if (kind === "container" && containers) {
    const { cookieStoreId } = await containers.create({ name, color: "yellow", icon: "briefcase" });
    await noteContainers((all) => [...all, cookieStoreId]);
    return { tab: idOf(await createTab({ url: address, cookieStoreId })), jar: `container:${cookieStoreId}` };
  }
  const window = await browser.windows.create({ url: address, focused: true, incognito: kind === "private" });
  return { tab: idOf(window?.tabs?.[0]), jar: kind === "private" ? "private" : "shared" };
}

function idOf(tab: { id?: number } | undefined): number {
  if (tab?.id === undefined) throw new Trouble("refused");
  return tab.id;
}

/** Throws away a container with its cookies and tabs; the other jars are the browser's. */
export async function emptyJar(jar: Jar): Promise<void> {
  if (jar.startsWith("container:")) await removeContainer(jar.slice("container:".length));
}

async function removeContainer(id: string): Promise<void> {
  await containers?.remove(id).catch(() => undefined); // somebody has removed it by hand
  await noteContainers((all) => all.filter((one) => one !== id));
}

/** Throws away the containers of sessions that the browser's end has cut off: it would keep them for ever. */
export async function removeLeftContainers(): Promise<void> {
  for (const id of await madeContainers()) await removeContainer(id);
}

// Written down where a restart finds it: which containers are the extension's. Their names are the customers', and say nothing.
const madeContainers = async () => ((await browser.storage.local.get("containers")).containers ?? []) as string[];

function noteContainers(how: (all: string[]) => string[]): Promise<void> {
  return locked("containers", async () => browser.storage.local.set({ containers: how(await madeContainers()) }));
}

/** What the technician is told where somebody else's session is in the way. */
export const occupied = (customer: string) => new Trouble("occupied", say(of("trouble_", "occupied") as "{customer}", { customer }));
