import { defineUnlistedScript } from "wxt/utils/define-unlisted-script";
import { ask } from "../src/messages/ask";
import { follow } from "../src/microsoft/follow";

// Runs in the top frame of Microsoft's sign-in pages, apart from the page's own scripts. Where nobody launched anything it asks
// one question and is done.
export default defineUnlistedScript(async () => {
  const assignment = await ask("begin", {});
  if (assignment) follow(assignment);
});
