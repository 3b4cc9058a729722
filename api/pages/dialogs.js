// The two dialogs: to request access, and to see the credential.

import { $, busy, code, el, focusOn, name, say, show } from "./screen.js";
import { call } from "./server.js";

// open remembers who had the focus by its key: what lies behind the dialog may be drawn anew meanwhile.
function open(dialog) {
  const from = document.activeElement?.dataset.key;
  dialog.addEventListener("close", () => focusOn(from), { once: true });
  dialog.showModal();
}

const at = (profile, customer) => [name(profile.name), " at ", name(customer.name)];

// request asks for what the profile wants to know and hands the new grant to done.
export function request(customer, profile, done) {
  const dialog = $("request"), form = dialog.querySelector("form"), submit = $("submit");
  const key = crypto.randomUUID(); // one intent, however often it is sent
  form.reset();
  show(null, $("request-problem"));
  $("request-title").replaceChildren(...at(profile, customer));
  const most = Math.max(1, Math.floor(profile.maximum_seconds / 60));
  Object.assign($("minutes"), { max: most, value: Math.max(1, Math.floor(profile.default_seconds / 60)) });
  $("most").textContent = `(at most ${most})`;
  for (const field of ["reason", "ticket"]) {
    const required = profile[`${field}_required`];
    $(field).required = required;
    $(`${field}-hint`).textContent = required ? "(required)" : "(optional)";
  }
  $("approval").hidden = !profile.approval_required;
  form.onsubmit = (event) => {
    event.preventDefault();
    const seconds = Math.min(Number($("minutes").value) * 60, profile.maximum_seconds);
    const body = { customer_id: customer.id, profile_id: profile.id, lifetime_seconds: seconds, reason: $("reason").value, ticket: $("ticket").value };
    busy(submit, async () => {
      const grant = await call("POST", "/api/v1/grants", body, { "Idempotency-Key": key });
      dialog.close();
      done(grant);
    }, $("request-problem"));
  };
  open(dialog);
}

const shownFor = 60; // seconds

// showCredential shows what was revealed, for a minute at most; by the clock, because timers sleep in hidden tabs.
export function showCredential(g, secret) {
  const dialog = $("credential"), until = Date.now() + shownFor * 1000;
  $("credential-title").replaceChildren(...at(g.profile, g.customer));
  const rows = [["User name", secret.user_name], ["Temporary Access Pass", secret.pass], ["Password", secret.password]];
  $("secrets").replaceChildren(...rows.filter(([, value]) => value).flatMap(([what, value]) =>
    [el("dt", { textContent: what }), el("dd", {}, code(value), copyButton(what, value))]));
  const count = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    $("hides-in").textContent = left;
    if (left <= 0) hide();
  };
  const timer = setInterval(count, 500);
  document.addEventListener("visibilitychange", count);
  dialog.onclose = () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", count);
    hide();
  };
  dialog.dataset.of = g.id;
  dialog.querySelector("[data-close]").onclick = hide;
  open(dialog);
  count();
}

// hide forgets the credential before the dialog closes: its close event comes later.
function hide() {
  $("secrets").replaceChildren();
  $("credential").close();
}

// closeCredential hides the grant's credential if it is shown.
export function closeCredential(g) {
  if ($("credential").dataset.of === g.id) hide();
}

function copyButton(what, value) {
  const button = el("button", { type: "button", className: "quiet", textContent: "Copy", ariaLabel: `Copy ${what}` });
  button.onclick = () => navigator.clipboard.writeText(value).then(
    () => { button.textContent = "Copied"; say(`${what} copied.`); },
    () => { button.textContent = "Select it"; say("The browser does not allow copying. Select the text instead."); },
  );
  return button;
}
