// The pages of Hourglass: sign-in, enrolment, and one's own access. Everything is built from text nodes;
// nothing that came from the server is ever read as markup.

const $ = (id) => document.getElementById(id);
const el = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

class Problem extends Error {
  constructor(document, requestID) {
    super(document.title);
    this.document = document;
    this.requestID = requestID;
  }
  is(name) { return this.document.type === `/problems/${name}`; }
}

async function call(method, path, body, headers = {}) {
  const options = { method, headers, cache: "no-store" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options).catch(() => {
    throw new Problem({ title: "Hourglass cannot be reached", detail: "Check your connection and try again." });
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({ title: "The answer cannot be read", detail: "Try again." }));
  if (response.ok) return answer;
  const problem = new Problem(answer, response.headers.get("X-Request-Id"));
  if (problem.is("sign-in-required") && document.body.dataset.page === "home") location.replace("/sign-in");
  throw problem;
}

function show(error, where = $("problem")) {
  where.replaceChildren();
  if (!error) return;
  const { title, detail, errors = [] } = error.document ?? { title: "That did not work", detail: error.message };
  const box = el("div", { className: "problem" }, el("p", {}, el("strong", { textContent: title })), el("p", { textContent: detail ?? "" }));
  if (errors.length) box.append(el("ul", {}, ...errors.map((e) => el("li", { textContent: e.field ? `${e.field}: ${e.advice}` : e.advice }))));
  if (error.requestID) box.append(el("p", { className: "hint", textContent: `Request id: ${error.requestID}` }));
  where.append(box);
}

const say = (text) => { $("status").textContent = text; };

// busy runs the work behind a button: once at a time, and its problem is shown.
async function busy(button, work, where) {
  button.disabled = true;
  show(null, where);
  try {
    await work();
  } catch (error) {
    show(error, where);
  } finally {
    button.disabled = false;
  }
}

function passkeysHere() {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) throw new Error("This browser is too old for passkeys. Update it, or use another one.");
  return PublicKeyCredential;
}

async function withPasskey(verb, before, finish) {
  const parse = passkeysHere();
  const { publicKey } = await call("POST", `/api/v1/${verb}/begin`, before);
  const credential = before
    ? await navigator.credentials.create({ publicKey: parse.parseCreationOptionsFromJSON(publicKey) })
    : await navigator.credentials.get({ publicKey: parse.parseRequestOptionsFromJSON(publicKey) });
  await call("POST", `/api/v1/${verb}/finish`, { ...finish, credential: credential.toJSON() });
}

function signInPage() {
  $("go").onclick = () => busy($("go"), async () => {
    await withPasskey("sign-in");
    location.replace("/");
  });
}

function enrolPage() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/enrol"); // the token stays neither in the address bar nor in the history
  const go = $("go");
  if (!token) {
    go.disabled = true;
    show(new Problem({ title: "The enrolment link is not complete", detail: "Open the whole link that you were given." }));
  }
  go.onclick = () => busy(go, async () => {
    await withPasskey("enrolment", { token }, { token, name: $("name").value });
    location.replace("/");
  });
}

// ---- one's own access ----

let me;
let reach = [];
const grants = new Map();

const labels = {
  requested: "Requested", awaiting_approval: "Waiting for approval", provisioning: "Being set up",
  active: "Active", ending: "NOT OFF", ended: "Off",
};
const stoppable = ["requested", "awaiting_approval", "provisioning", "active"];
const own = (g) => g.person.id === me.id;
const holds = (role) => me.roles.includes(role);

// What a person may do with a grant. The server decides; this only spares buttons that would be refused.
const actions = [
  { label: "Show credential", when: (g) => own(g) && holds("technician") && g.state === "active", run: reveal },
  { label: "Return", quiet: true, when: (g) => own(g) && holds("technician") && stoppable.includes(g.state), run: post("return") },
  { label: "Approve", when: (g) => !own(g) && holds("approver") && g.state === "awaiting_approval", run: post("approve", {}) },
  { label: "Deny", quiet: true, when: (g) => !own(g) && holds("approver") && g.state === "awaiting_approval", run: post("deny", {}) },
  { label: "Revoke", quiet: true, when: (g) => holds("admin") && stoppable.includes(g.state), run: post("revoke", {}) },
];

function post(verb, body) {
  return async (g) => take(await call("POST", `/api/v1/grants/${g.id}/${verb}`, body));
}

async function reveal(g) {
  const ask = () => call("POST", `/api/v1/grants/${g.id}/credential`);
  showCredential(g, await ask().catch(async (error) => {
    if (!(error instanceof Problem) || !error.is("fresh-assertion-required")) throw error;
    await withPasskey("assertion");
    return ask();
  }));
}

function showCredential(g, secret) {
  const dialog = $("credential");
  $("credential-title").textContent = `${g.profile.name} at ${g.customer.name}`;
  const rows = [["User name", secret.user_name], ["Temporary Access Pass", secret.pass], ["Password", secret.password]];
  $("secrets").replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => {
    const copy = el("button", { type: "button", className: "quiet", textContent: "Copy", ariaLabel: `Copy ${name}` });
    copy.onclick = async () => {
      await navigator.clipboard.writeText(value);
      copy.textContent = "Copied";
    };
    return [el("dt", { textContent: name }), el("dd", {}, el("code", { textContent: value }), copy)];
  }));
  let left = 60;
  $("hides-in").textContent = left;
  const timer = setInterval(() => {
    $("hides-in").textContent = --left;
    if (left <= 0) dialog.close();
  }, 1000);
  dialog.onclose = () => {
    clearInterval(timer);
    $("secrets").replaceChildren();
  };
  dialog.dataset.of = g.id;
  dialog.showModal();
}

function when(g) {
  const clock = (text) => new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  switch (g.state) {
    case "active": {
      const left = Math.max(0, Math.round((new Date(g.expires_at) - Date.now()) / 1000));
      return `Ends at ${clock(g.expires_at)}, in ${Math.floor(left / 60)} min ${left % 60} s`;
    }
    case "ending": return "Being switched off. The account may still be on.";
    case "ended": return g.proof ? `Proven off at ${clock(g.proof.read_at)} (${g.outcome})` : `Never switched on (${g.outcome})`;
    default: return `Requested at ${clock(g.requested_at)}`;
  }
}

function card(g) {
  const title = own(g) ? `${g.profile.name} at ${g.customer.name}` : `${g.person.name}: ${g.profile.name} at ${g.customer.name}`;
  const time = el("p", { className: "hint", textContent: when(g) });
  time.dataset.grant = g.id;
  const buttons = actions.filter((a) => a.when(g)).map((a) => {
    const button = el("button", { type: "button", textContent: a.label, className: a.quiet ? "quiet" : "", ariaLabel: `${a.label}: ${title}` });
    button.dataset.act = `${g.id} ${a.label}`;
    button.onclick = () => busy(button, () => a.run(g));
    return button;
  });
  const node = el("li", { className: g.state }, el("h3", { textContent: title }), el("span", { className: `state ${g.state}`, textContent: labels[g.state] }), time);
  if (g.user_name) node.append(el("p", { className: "hint", textContent: g.user_name }));
  if (g.reason) node.append(el("p", { className: "hint", textContent: `${g.reason}${g.ticket ? ` (${g.ticket})` : ""}` }));
  if (buttons.length) node.append(el("div", { className: "row" }, ...buttons));
  return node;
}

function draw() {
  const focused = document.activeElement?.dataset.act;
  const list = [...grants.values()].sort((a, b) => b.requested_at.localeCompare(a.requested_at));
  $("grants").replaceChildren(...list.map(card));
  $("no-grants").hidden = list.length > 0;
  const find = $("find").value.trim().toLowerCase();
  $("customers").replaceChildren(...reach.filter((c) => c.name.toLowerCase().includes(find)).map(customerCard));
  $("no-customers").hidden = reach.length > 0;
  if (focused) document.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
}

function customerCard(customer) {
  const live = [...grants.values()].some((g) => own(g) && g.customer.id === customer.id && g.state !== "ended");
  const node = el("li", {}, el("h3", { textContent: customer.name }));
  if (!customer.available) node.append(el("p", { className: "hint", textContent: "The tenant is not connected. Ask an admin." }));
  else if (live) node.append(el("p", { className: "hint", textContent: "You have a live grant here." }));
  const buttons = customer.profiles.map((profile) => {
    const button = el("button", { type: "button", textContent: `Request ${profile.name}`, ariaLabel: `Request ${profile.name} at ${customer.name}`, disabled: live || !customer.available });
    button.dataset.act = `${customer.id} ${profile.id}`;
    button.onclick = () => request(customer, profile);
    return button;
  });
  node.append(el("div", { className: "row" }, ...buttons));
  return node;
}

function request(customer, profile) {
  const dialog = $("request"), form = dialog.querySelector("form"), submit = form.querySelector("[type=submit]");
  const key = crypto.randomUUID(); // one intent, however often it is sent
  form.reset();
  show(null, $("request-problem"));
  $("request-title").textContent = `${profile.name} at ${customer.name}`;
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
      take(await call("POST", "/api/v1/grants", body, { "Idempotency-Key": key }));
      dialog.close();
      say(`Requested ${profile.name} at ${customer.name}.`);
    }, $("request-problem"));
  };
  dialog.showModal();
}

// take keeps the newest state of a grant; an older one that comes late changes nothing.
function take(g) {
  const known = grants.get(g.id);
  if (known && known.revision > g.revision) return;
  if (known && known.state !== g.state) say(`${g.profile.name} at ${g.customer.name}: ${labels[g.state]}.`);
  grants.set(g.id, g);
  if (g.state !== "active" && $("credential").dataset.of === g.id) $("credential").close();
  draw();
}

function listen() {
  const source = new EventSource("/api/v1/events");
  source.addEventListener("snapshot", (event) => {
    say("");
    for (const [id, g] of grants) if (g.state !== "ended") grants.delete(id);
    for (const g of JSON.parse(event.data).grants) grants.set(g.id, g);
    draw();
  });
  source.addEventListener("grant", (event) => take(JSON.parse(event.data)));
  source.onopen = () => say("");
  source.onerror = () => {
    say("Live updates are interrupted; trying again.");
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => call("GET", "/api/v1/me").then(listen, (error) => { show(error); setTimeout(listen, 10000); }), 2000);
  };
}

async function homePage() {
  for (const way of ["sign-out", "sign-out-everywhere"]) {
    $(way).onclick = () => busy($(way), async () => {
      await call("POST", `/api/v1/${way}`);
      location.replace("/sign-in");
    });
  }
  for (const button of document.querySelectorAll("[data-close]")) button.onclick = () => button.closest("dialog").close();
  $("find").oninput = draw;
  try {
    me = await call("GET", "/api/v1/me");
    $("who").textContent = me.name;
    if (holds("technician")) {
      $("access").hidden = false;
      reach = (await call("GET", "/api/v1/access")).customers;
    }
    draw();
    if (me.roles.length) listen();
    else show(new Problem({ title: "You have no role yet", detail: "Ask an admin." }));
  } catch (error) {
    show(error);
  }
  setInterval(() => {
    for (const node of document.querySelectorAll("[data-grant]")) node.textContent = when(grants.get(node.dataset.grant));
  }, 1000);
}

({ "sign-in": signInPage, enrol: enrolPage, home: homePage })[document.body.dataset.page]();
