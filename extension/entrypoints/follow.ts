import { defineUnlistedScript } from "wxt/utils/define-unlisted-script";
import { ask } from "../src/messages/ask";
import { follow } from "../src/microsoft/follow";

// Follows a sign-in that a launch waits for, apart from the page's own scripts.
export default defineUnlistedScript(async () => {
  const assignment = await ask("begin", {});
  if (assignment) follow(assignment);
});
