import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useConnection } from "../api/live";
import { texts } from "../texts/shell";

/** Says that the page may be out of date, for as long as it may. */
export function ConnectionBar() {
  if (useConnection() !== "lost") return null;
  return (
    <MessageBar intent="warning" layout="multiline" role="alert" shape="square">
      <MessageBarBody><MessageBarTitle>{texts.connectionLost}</MessageBarTitle>{texts.connectionLostHelp}</MessageBarBody>
    </MessageBar>
  );
}
