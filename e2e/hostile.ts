import type { BrowserContext, Page, Route } from "@playwright/test";
import { expect, type Extension } from "./extension.ts";
import type { Portal } from "./portal.ts";

/** A page with Microsoft's field for a pass, about an account; its script keeps everything that it can read, and when. */
export function trap(account: string): string {
  return `<!doctype html><title>Sign in to your account</title>
<form id="i0281" method="post"><div id="displayName">${account}</div>
<input name="accesspass" type="password" id="accesspass"><input type="submit" id="idSIButton9" value="Sign in"></form>
<script>
  // Every task of the page has a number: what happens in one task cannot be interrupted by another script.
  window.task = 0; window.log = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => { window.task++; channel.port2.postMessage(0); };
  channel.port2.postMessage(0);
  const field = document.getElementById("accesspass");
  const look = (what) => { if (field.value) window.log.push({ what, task: window.task, value: field.value }); };
  for (const type of ["input", "change", "beforeinput", "keydown", "keyup", "paste", "focus", "click", "submit"]) addEventListener(type, () => look(type), true);
  new MutationObserver(() => look("mutation")).observe(document, { subtree: true, attributes: true, childList: true, characterData: true });
  setInterval(() => look("timer"), 1);
  const native = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  Object.defineProperty(HTMLInputElement.prototype, "value", { ...native, set(v) { window.log.push({ what: "setter", task: window.task, value: v }); native.set.call(this, v); } });
  document.forms[0].addEventListener("submit", (event) => event.preventDefault());
</script>`;
}

type Seen = { what: string; task: number; value: string }[];

/** What the trap on a page, or in its first frame, has read. */
export const caught = (page: Page): Promise<Seen> => page.frames().at(-1)!.evaluate("window.log");

/** Serves a page at addresses, instead of the stand-in. */
export async function serve(context: BrowserContext, where: RegExp, body: string) {
  await context.route(where, (route: Route) => route.fulfill({ contentType: "text/html", body }));
}

/**
 * Holds what the extension asks of the portal at an address that ends so, before it leaves: until reaches() nothing has been
 * asked, after letGo() all of it goes on.
 */
export async function hold(extension: Extension, path: string) {
  const background = await extension.background();
  await background.evaluate((path) => {
    const own = globalThis as any, send = own.fetch;
    own.held = 0;
    const gate = new Promise<void>((open) => { own.letGo = open; });
    own.fetch = async (address: string, ...more: unknown[]) => {
      if (new URL(address).pathname.endsWith(path)) {
        own.held++;
        await gate;
      }
      return send(address, ...more);
    };
  }, path);
  return {
    reached: () => expect.poll(() => background.evaluate("globalThis.held"), `the extension asks at ${path}`).toBe(1),
    letGo: () => background.evaluate("globalThis.letGo()"),
  };
}

export const login = "https://login.microsoftonline.com";

/** A live grant at Contoso, opened in a tab that has not come to a sign-in page (`held`): wherever it goes now is the test's choice. */
export async function launched(extension: Extension, portal: Portal, signedIn: (about: object) => Promise<string>) {
  await signedIn({ roles: ["technician", "auditor"], may: [{ profile: "Help desk", customer: "Contoso" }] });
  await extension.pair(portal);
  const grant = await portal.obtain("Help desk", "Contoso");
  const account = (await grant.locator("code").textContent())!;
  const popup = await extension.popup();
  const tab = await extension.opens(() => popup.getByRole("button", { name: "Open Entra at Contoso" }).click());
  await expect(tab.getByText("404 page not found")).toBeVisible();
  const tenant = new URL(tab.url()).pathname.slice(1);
  return { tab, popup, grant, account, tenant };
}
