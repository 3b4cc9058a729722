// One's own access: live grants, what may be requested, and what has ended lately.

import { customerCard, fillTime, grantCard } from "./cards.js";
import { closeCredential, request, showCredential } from "./dialogs.js";
import { $, busy, el, focusOn, isBusy, say, show } from "./screen.js";
import { call, Problem, withPasskey } from "./server.js";

let me;
let reach = [];
const grants = new Map();

const stoppable = ["requested", "awaiting_approval", "provisioning", "active"];
const own = (g) => g.person.id === me.id;
const holds = (role) => me.roles.includes(role);
const using = (g) => own(g) && holds("technician");
const deciding = (g) => !own(g) && holds("approver") && g.state === "awaiting_approval";

// What a person may do with a grant. The server decides; this only spares buttons that would be refused.
const actions = [
  { label: "Show credential", when: (g) => using(g) && g.state === "active", run: reveal },
  { label: "Extend", quiet: true, when: (g) => using(g) && g.state === "active" && longest(g) - new Date(g.expires_at) >= worthwhile, run: extend },
  { label: "Return", quiet: true, when: (g) => using(g) && ["provisioning", "active"].includes(g.state), run: post("return") },
  { label: "Withdraw", quiet: true, when: (g) => using(g) && ["requested", "awaiting_approval"].includes(g.state), run: post("return") },
  { label: "Approve", when: deciding, run: post("approve", {}) },
  { label: "Deny", quiet: true, when: deciding, run: post("deny", {}) },
  { label: "Revoke", quiet: true, when: (g) => holds("admin") && stoppable.includes(g.state), run: post("revoke", {}) },
];

function post(verb, body) {
  return async (g) => take(await call("POST", `/api/v1/grants/${g.id}/${verb}`, body));
}

const worthwhile = 60000; // ms by which an extension lengthens a grant at least
const longest = (g) => new Date(new Date(g.active_at).getTime() + g.maximum_seconds * 1000);

// extend asks for as long again as was asked for at first, or for what is left of the maximum.
async function extend(g) {
  const wanted = new Date(new Date(g.expires_at).getTime() + g.lifetime_seconds * 1000);
  const body = { expires_at: new Date(Math.min(wanted, longest(g))).toISOString() };
  take(await call("POST", `/api/v1/grants/${g.id}/extend`, body, { "Idempotency-Key": crypto.randomUUID() }));
}

async function reveal(g) {
  const ask = () => call("POST", `/api/v1/grants/${g.id}/credential`);
  showCredential(g, await ask().catch(async (error) => {
    if (!(error instanceof Problem) || !error.is("fresh-assertion-required")) throw error;
    await withPasskey("assertion");
    return ask();
  }));
}

function buttonsOf(g, title) {
  return actions.filter((a) => a.when(g)).map((a) => {
    const button = el("button", { type: "button", textContent: a.label, className: a.quiet ? "quiet" : "", ariaLabel: `${a.label}: ${title}` });
    button.dataset.key = `${g.id} ${a.label}`;
    if (isBusy(button.dataset.key)) button.ariaBusy = "true";
    button.onclick = () => busy(button, () => a.run(g));
    return button;
  });
}

const endedShown = 6;

function draw() {
  const focused = document.activeElement?.dataset.key;
  const newestFirst = [...grants.values()].sort((a, b) => b.requested_at.localeCompare(a.requested_at));
  const notOffFirst = (a, b) => (b.state === "ending") - (a.state === "ending");
  const live = newestFirst.filter((g) => g.state !== "ended").sort(notOffFirst);
  const ended = newestFirst.filter((g) => g.state === "ended").slice(0, endedShown);
  const cards = (list) => list.map((g) => grantCard(g, own(g), buttonsOf));
  $("grants").replaceChildren(...cards(live));
  $("no-grants").hidden = live.length > 0;
  $("ended").replaceChildren(...cards(ended));
  $("ended-section").hidden = ended.length === 0;
  drawCustomers();
  focusOn(focused);
}

function drawCustomers() {
  const wanted = $("find").value.trim().toLowerCase();
  const found = reach.filter((c) => c.name.toLowerCase().includes(wanted));
  const isLive = (c) => [...grants.values()].some((g) => own(g) && g.customer.id === c.id && g.state !== "ended");
  $("customers").replaceChildren(...found.map((c) => customerCard(c, isLive(c), (profile) => request(c, profile, requested))));
  $("no-customers").hidden = reach.length > 0;
  $("search").hidden = reach.length < 2;
  $("none-found").hidden = reach.length === 0 || found.length > 0;
}

function requested(g) {
  take(g);
  say(`Requested ${g.profile.name} at ${g.customer.name}.`);
  focusOn(g.id); // the button that was used is disabled now
}

const spoken = { active: "is active", ending: "is being switched off: NOT OFF yet", ended: "is off", provisioning: "is being set up", awaiting_approval: "waits for approval" };

// take keeps the newest state of a grant; an older one that comes late changes nothing.
function take(g) {
  const known = grants.get(g.id);
  if (known && known.revision > g.revision) return;
  if (known && known.state !== g.state) say(`${g.profile.name} at ${g.customer.name} ${spoken[g.state] ?? ""}.`);
  grants.set(g.id, g);
  if (g.state !== "active") closeCredential(g);
  draw();
}

// replace begins anew from what the server says is live, and adds the newest that have ended.
async function replace(live) {
  grants.clear();
  for (const g of live) grants.set(g.id, g);
  draw();
  const { grants: ended } = await call("GET", `/api/v1/grants?state=ended&limit=${endedShown}`);
  for (const g of ended) take(g);
}

const lookAgainAfter = 3000; // ms

function listen() {
  const source = new EventSource("/api/v1/events");
  source.addEventListener("snapshot", (event) => replace(JSON.parse(event.data).grants).catch(show));
  source.addEventListener("grant", (event) => take(JSON.parse(event.data)));
  source.onopen = () => { $("offline").hidden = true; };
  source.onerror = async () => {
    $("offline").hidden = false;
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again
    await call("GET", "/api/v1/me").catch(() => {}); // leads to the sign-in page where the session is over
    setTimeout(listen, lookAgainAfter);
  };
}

// signOuts makes all tabs of this browser leave together, with whatever credential they show.
function signOuts() {
  const tabs = new BroadcastChannel("sign-out");
  const leave = () => location.replace("/sign-in");
  tabs.onmessage = leave;
  for (const way of ["sign-out", "sign-out-everywhere"]) {
    $(way).onclick = () => busy($(way), async () => {
      await call("POST", `/api/v1/${way}`);
      tabs.postMessage(null);
      leave();
    });
  }
}

export async function homePage() {
  signOuts();
  for (const button of document.querySelectorAll("[data-close]")) button.onclick = () => button.closest("dialog").close();
  $("find").oninput = drawCustomers;
  try {
    me = await call("GET", "/api/v1/me");
    $("who").textContent = me.name;
    if (holds("technician")) {
      reach = (await call("GET", "/api/v1/access")).customers;
      $("access").hidden = false;
    }
    draw();
    if (me.roles.length) listen();
    else show(new Problem({ title: "You have no role yet", detail: "Ask an admin." }));
  } catch (error) {
    show(error);
  }
  setInterval(() => { for (const node of document.querySelectorAll("[data-grant]")) fillTime(node, grants.get(node.dataset.grant)); }, 1000);
}
