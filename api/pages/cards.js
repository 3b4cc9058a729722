// The cards of grants and customers.

import { code, el, name } from "./screen.js";

const labels = {
  requested: "Requested", awaiting_approval: "Waiting for approval", provisioning: "Being set up",
  active: "Active", ending: "NOT OFF", ended: "Off",
};

const clock = (text) => new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const day = (text) => (new Date(text).toDateString() === new Date().toDateString() ? "" : `${new Date(text).toLocaleDateString([], { day: "numeric", month: "short" })}, `);
const at = (text) => `${day(text)}${clock(text)}`;

function left(until) {
  const seconds = Math.max(0, Math.round((new Date(until) - Date.now()) / 1000));
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

// What a state says about time: the most important first.
const times = {
  requested: (g) => [`Requested at ${at(g.requested_at)}`],
  awaiting_approval: (g) => [`Requested at ${at(g.requested_at)}`, "Your time starts when access is active."],
  provisioning: (g) => [`Requested at ${at(g.requested_at)}`, "Usually ready within seconds."],
  active: (g) => [`${left(g.expires_at)} left`, `Ends at ${at(g.expires_at)}. ${armed(g.switches)}`],
  ending: (g) => ["Being switched off. The account may still be on.", `Since ${at(g.ending_at)}; repeated until Microsoft confirms it.`],
  ended: (g) => [outcomes[g.outcome], g.proof ? `Proven off at ${at(g.proof.read_at)}: ${proof(g.proof)}.` : "It was never switched on."],
};

const outcomes = {
  expired: "Ended on time", returned: "Returned", revoked: "Revoked", denied: "Denied", withdrawn: "Withdrawn",
  failed: "Could not be set up",
};

// proof is what Microsoft said when the account was read back.
function proof(p) {
  const none = (what, removed) => `no ${what} left${removed ? ` (${removed} removed)` : ""}`;
  return ["account disabled", none("role", p.removed_roles), none("sign-in method", p.removed_methods), "sessions revoked"].join(", ");
}

// armed says what Microsoft itself would end, were Hourglass gone.
function armed(switches) {
  const ends = [switches.pass_ends_in_time && "the pass", switches.roles_end_at_microsoft && "the roles"].filter(Boolean);
  return ends.length ? `Microsoft itself ends ${ends.join(" and ")}.` : "Microsoft has no limit of its own here.";
}

// fillTime is repeated every second; it touches only what has changed.
export function fillTime(node, g) {
  const [first, ...more] = times[g.state](g);
  const texts = [first, more.join(" ")];
  [...node.children].forEach((line, i) => { if (line.textContent !== texts[i]) line.textContent = texts[i]; });
}

export function grantCard(g, own, buttonsOf) {
  const title = `${own ? "" : `${g.person.name}: `}${g.profile.name} at ${g.customer.name}`;
  const heading = el("h3", {}, ...(own ? [] : [name(g.person.name), ": "]), name(g.profile.name), " at ", name(g.customer.name));
  const time = el("div", { className: "time" }, el("p"), el("p", { className: "hint" }));
  time.dataset.grant = g.id;
  fillTime(time, g);
  const node = el("li", { className: `grant ${g.state}`, tabIndex: -1 },
    el("div", { className: "top" }, heading, el("span", { className: `state ${g.state}`, textContent: labels[g.state] })), time);
  node.dataset.key = g.id;
  const facts = [
    ["Account", g.user_name && code(g.user_name)],
    ["Reason", g.reason && name(g.reason)],
    ["Ticket", g.ticket && name(g.ticket)],
    ["What to do", g.failure && name(g.failure.advice)],
    ["Comment", g.comment && name(g.comment)],
  ].filter(([, value]) => value);
  node.append(el("dl", { className: "facts" }, ...facts.flatMap(([term, value]) => [el("dt", { textContent: term }), el("dd", {}, value)])));
  const buttons = buttonsOf(g, title);
  if (buttons.length) node.append(el("div", { className: "row" }, ...buttons));
  return node;
}

export function customerCard(customer, live, ask) {
  const node = el("li", {}, el("h3", {}, name(customer.name)));
  const closed = (!customer.available && "The tenant is not connected. Ask an admin.") || (live && "You have a live grant here.");
  if (closed) {
    node.append(el("p", { className: "hint", textContent: closed }));
    return node;
  }
  const buttons = customer.profiles.map((profile) => {
    const button = el("button", { type: "button", className: "quiet", ariaLabel: `Request ${profile.name} at ${customer.name}` }, name(profile.name));
    button.dataset.key = `${customer.id} ${profile.id}`;
    button.onclick = () => ask(profile);
    return button;
  });
  node.append(el("div", { className: "choices", role: "group", ariaLabel: `Request access at ${customer.name}` }, ...buttons));
  return node;
}
