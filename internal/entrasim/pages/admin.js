"use strict";
// Keeps the page true: roles and the session's end come from the server every two seconds.

const set = (id, text) => { document.getElementById(id).textContent = text; };

async function refresh() {
  try {
    const answer = await fetch(document.body.dataset.base + "/session", { cache: "no-store" });
    const now = await answer.json();
    document.getElementById("ended").hidden = !now.ended;
    document.getElementById("session").hidden = Boolean(now.ended);
    set("endedReason", now.ended || "");
    if (now.ended) return;
    set("upn", now.upn);
    set("tenant", now.tenant);
    set("tenantId", now.tenantId);
    set("roles", now.roles.join(", ") || "none");
    set("expires", now.expires);
  } catch {
    // the stand-in is gone for a moment; the next round tells
  }
  setTimeout(refresh, 2000);
}

refresh();
