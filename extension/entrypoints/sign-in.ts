import { defineUnlistedScript } from "wxt/utils/define-unlisted-script";
import { ask } from "../src/messages/ask";

// In the top frame of every sign-in page of Microsoft's: says that it is there, and that is all. Where a launch waits for the page,
// the background answers with the script that follows it, so that all other visits pay for one message.
export default defineUnlistedScript(() => void ask("here", {}));
