// How the pages are built: from elements and text nodes only.

export const $ = (id) => document.getElementById(id);

export const el = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

// name is text that people chose: it keeps its own direction, whatever stands around it.
export const name = (text) => el("bdi", { textContent: text });

// code is text to be copied exactly. A user name may break before its domain, so that it breaks nowhere else.
export const code = (text) => el("code", {}, ...text.split(/(?=@)/).flatMap((part, i) => (i ? [el("wbr"), part] : [part])));

// say tells those who listen to the page instead of looking at it.
export const say = (text) => { $("status").textContent = text; };

// show explains what went wrong; without an error it clears the place.
export function show(error, where = $("problem")) {
  where.replaceChildren();
  if (!error) return;
  const { title, detail, errors = [] } = error.document ?? { title: "That did not work", detail: "Reload the page and try again." };
  const box = el("div", { className: "problem" }, el("p", {}, el("strong", { textContent: title })), el("p", { textContent: detail ?? "" }));
  if (errors.length) box.append(el("ul", {}, ...errors.map((e) => el("li", { textContent: e.field ? `${e.field}: ${e.advice}` : e.advice }))));
  if (error.requestID) box.append(el("p", { className: "hint", textContent: `Request id: ${error.requestID}` }));
  where.append(box);
  box.scrollIntoView({ block: "nearest" });
}

// keyed finds what is drawn anew with every change: buttons and cards carry the same key each time.
export const keyed = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

// focusOn gives the focus back to what had it; to the card, where its button is gone.
export const focusOn = (key) => key && (keyed(key) ?? keyed(key.split(" ")[0]))?.focus();

const working = new Set();

// isBusy says whether the work of that name is under way.
export const isBusy = (work) => working.has(work);

// busy does the work behind a button: once at a time, and its problem is shown. The button is not disabled
// meanwhile, because it would lose the focus.
export async function busy(button, work, where) {
  const of = button.dataset.key ?? button.id;
  if (working.has(of)) return;
  working.add(of);
  button.ariaBusy = "true";
  show(null, where);
  try {
    await work();
  } catch (error) {
    show(error, where);
  } finally {
    working.delete(of);
    (keyed(of) ?? button).ariaBusy = null; // it may have been drawn anew
  }
}
