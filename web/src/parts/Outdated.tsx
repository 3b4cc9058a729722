import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { texts } from "../texts/shell";

/** Says that somebody else changed what is being changed here, and what can be done about it. */
export const Outdated = ({ discard }: { discard: () => void }) => (
  <MessageBar intent="warning" layout="multiline">
    <MessageBarBody><MessageBarTitle>{texts.outdated}</MessageBarTitle>{texts.outdatedHelp}</MessageBarBody>
    <MessageBarActions><Button onClick={discard}>{texts.showNewest}</Button></MessageBarActions>
  </MessageBar>
);
