import { defineUnlistedScript } from "wxt/utils/define-unlisted-script";
import { ask } from "../src/messages/ask";
import { placeNames } from "../src/microsoft/places";

// On the portal: says that the extension is there, and takes its Open button. The page learns neither ticket nor credential.
export default defineUnlistedScript(async () => {
  const known = await ask("hello", {});
  if (!known || document.documentElement.dataset.hourglassExtension) return;
  document.addEventListener("hourglass:launch", (event) => void launch(event));
  document.documentElement.dataset.hourglassExtension = known.version;
});

const ids = /^[0-9a-f-]{36}$/;

async function launch(event: Event): Promise<void> {
  const { grant, destination } = read(event);
  if (!grant || !destination) return tell("refused", { grant, reason: "refused" });
  // A script in the page can send the event, but not press the button.
  if (!navigator.userActivation.isActive) return tell("refused", { grant, reason: "not_pressed" });
  const answer = await ask("launch", { grant, place: destination });
  return answer ? tell("refused", { grant, reason: answer.refused, said: answer.said }) : tell("launched", { grant });
}

function read(event: Event) {
  const detail: unknown = event instanceof CustomEvent ? event.detail : undefined;
  const { grant, destination } = (typeof detail === "object" && detail !== null ? detail : {}) as Record<string, unknown>;
  return {
    grant: typeof grant === "string" && ids.test(grant) ? grant : undefined,
    destination: placeNames.find((name) => name === destination),
  };
}

// Firefox shows a page only objects that were made for it.
declare const cloneInto: (<T>(value: T, target: object) => T) | undefined;

function tell(what: "launched" | "refused", about: Record<string, string | undefined>): void {
  const detail = typeof cloneInto === "function" ? cloneInto(about, document) : about;
  document.dispatchEvent(new CustomEvent(`hourglass:${what}`, { detail }));
}
