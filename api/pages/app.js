// The pages of Hourglass: sign-in, enrolment, one's own access, and the way back from Microsoft's consent page.

import { connectPage } from "./connect.js";
import { homePage } from "./home.js";
import { $, busy, show } from "./screen.js";
import { Problem, withPasskey } from "./server.js";

// Buttons are enabled only here: what is pressed before the script is there must not be lost.
function signInPage() {
  $("go").disabled = false;
  $("go").focus();
  $("go").onclick = () => busy($("go"), async () => {
    await withPasskey("sign-in");
    location.replace("/");
  });
}

function enrolPage() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/enrol"); // the token stays neither in the address bar nor in the history
  if (!token) {
    show(new Problem({ title: "The enrolment link is not complete", detail: "Open the whole link that you were given." }));
    return;
  }
  $("go").disabled = false;
  $("enrolment").onsubmit = (event) => {
    event.preventDefault();
    busy($("go"), async () => {
      await withPasskey("enrolment", { token }, { token, name: $("name").value });
      location.replace("/");
    });
  };
}

({ "sign-in": signInPage, enrol: enrolPage, home: homePage, connect: connectPage })[document.body.dataset.page]?.();
