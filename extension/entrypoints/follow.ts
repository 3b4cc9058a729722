import { defineUnlistedScript } from "wxt/utils/define-unlisted-script";
import { ask } from "../src/messages/ask";
import { follow } from "../src/microsoft/follow";
import { signInOrigin } from "../src/microsoft/origins";

// Follows a sign-in that a launch waits for, apart from the page's own scripts.
export default defineUnlistedScript(async () => {
  if (!signInOrigin(location.href)) return; // the tab went on while this was on its way
  const assignment = await ask("begin", {});
  if (assignment) follow(assignment);
});
