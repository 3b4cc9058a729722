import { defineUnlistedScript } from "wxt/utils/define-unlisted-script";
import { ask } from "../src/messages/ask";

// On every sign-in page of Microsoft's, also inside of another page: says that it is there, and that is all. Where a launch waits for
// the page, the background answers with the script that follows it, so that all other visits pay for one message.
export default defineUnlistedScript(() => void ask("here", {}));
