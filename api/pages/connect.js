// Where Microsoft sends an administrator back to. The session does not come along with a redirect from another site
// (SameSite=Strict); it does with what this page asks for itself.

import { $, name, say, show } from "./screen.js";
import { call, Problem } from "./server.js";

const steps = {
  awaiting_consent: "Waiting for the consent.",
  awaiting_token: "Consent was given. Waiting until Microsoft issues a token; this can take some minutes.",
  awaiting_permissions: "Waiting until the consent has spread to every permission.",
  verifying: "Verifying the tenant.",
};

function tell(text) {
  $("progress").textContent = text;
  say(text);
}

function draw({ customer, attempt, account_domain }) {
  $("connect-title").replaceChildren("Connect ", name(customer.name));
  $("missing").hidden = attempt.missing.length === 0;
  $("missing").textContent = `Still missing: ${attempt.missing.join(", ")}`;
  if (attempt.step === "connected") tell(`Connected. Accounts are made in ${account_domain}.`);
  else if (attempt.step === "failed") {
    tell("Nothing was connected.");
    show(new Problem(attempt.failure));
  } else {
    tell(steps[attempt.step]);
    return true;
  }
  return false;
}

async function follow(connection) {
  while (draw(connection)) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    connection = await call("GET", `/api/v1/customers/${connection.customer.id}/connection`);
  }
}

export async function connectPage() {
  const query = new URLSearchParams(location.search);
  history.replaceState(null, "", "/connect"); // the state stays neither in the address bar nor in the history
  const answer = { state: query.get("state") || "none", tenant: (query.get("tenant") ?? "").slice(0, 200) };
  if (query.has("error")) answer.error = query.get("error").slice(0, 200) || "unknown";
  try {
    await follow(await call("POST", "/api/v1/connection/callback", answer));
  } catch (error) {
    tell("");
    show(error);
  }
}
