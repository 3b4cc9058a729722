import type { Page } from "@playwright/test";

// What the extension shows on pages of others is closed to them, and to the test's own look-ups: it is found as those who listen
// to a page find it.

/** Every name in the browser's accessibility tree. */
export async function accessible(page: Page): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  await devtools.detach();
  return nodes.map(({ name }) => String(name?.value ?? ""));
}

/** Presses the button with the name by the mouse. */
export async function press(page: Page, name: string) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  const button = nodes.find((node) => node.role?.value === "button" && node.name?.value === name);
  if (!button) throw new Error(`there is no button ${name}`);
  const { model } = await devtools.send("DOM.getBoxModel", { backendNodeId: button.backendDOMNodeId });
  await devtools.detach();
  const [left, top, , , right, bottom] = model.content;
  await page.mouse.click((left! + right!) / 2, (top! + bottom!) / 2);
}
