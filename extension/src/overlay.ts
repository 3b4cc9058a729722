/** How an element looks; set one by one, because a page's policy may forbid style sheets. */
export type Looks = Partial<Record<keyof CSSStyleDeclaration & string, string>>;

/** An element with looks, text or children. */
export function make<K extends keyof HTMLElementTagNameMap>(name: K, looks: Looks, ...content: (string | Node)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  Object.assign(element.style, looks);
  element.append(...content);
  return element;
}

/**
 * A place of the extension's own on a page. The page's scripts see that an element is there, not what it holds; all the same no
 * secret ever stands in it. Returns where to put things, and what takes it away.
 */
export function overlay(looks: Looks): { root: HTMLElement; remove: () => void } {
  const host = document.createElement("div");
  Object.assign(host.style, { all: "initial", position: "fixed", zIndex: "2147483647" });
  const root = make("div", { font: "14px/1.4 'Segoe UI', system-ui, sans-serif", position: "fixed", ...looks });
  host.attachShadow({ mode: "closed" }).append(root);
  document.documentElement.append(host);
  return { root, remove: () => host.remove() };
}
