import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, MessageBar, MessageBarActions, MessageBarBody, Spinner, makeStyles, tokens, useRestoreFocusTarget } from "@fluentui/react-components";
import { ChevronDownRegular } from "@fluentui/react-icons/svg/chevron-down";
import { OpenRegular } from "@fluentui/react-icons/svg/open";
import { useState } from "react";
import { destinations, launch, useExtension, type Destination, type LaunchRefusal } from "../api/extension";
import { say } from "../texts/say";
import { texts } from "../texts/grants";
import { texts as pairing } from "../texts/pairing";

const useStyles = makeStyles({
  buttons: { display: "inline-flex", "& > button:first-child": { borderTopRightRadius: 0, borderBottomRightRadius: 0, borderRightWidth: "1px" }, "& > button:last-child": { borderTopLeftRadius: 0, borderBottomLeftRadius: 0, minWidth: "32px" } },
  said: { order: -1, flexBasis: "100%", marginBottom: tokens.spacingVerticalXS },
});

type Props = {
  grant: string;
  title: string;
  /** What is done where the extension is not there or does not sign in: the guided way. */
  byHand: () => void;
  working: boolean;
  /** Something else of the grant is under way. */
  disabled: boolean;
};

/** Opens the customer: by one press where the extension is paired, else step by step. */
export function OpenGrant({ grant, title, byHand, working, disabled }: Props) {
  const styles = useStyles();
  const extension = useExtension();
  const [launching, setLaunching] = useState(false);
  const [refused, setRefused] = useState<LaunchRefusal>();
  const focusAfterwards = useRestoreFocusTarget();
  const open = (to: Destination) => {
    if (launching) return;
    const answer = launch(grant, to); // before anything else: the extension asks for a press
    setRefused(undefined);
    setLaunching(true);
    void answer.then((why) => {
      setRefused(why);
      setLaunching(false);
    });
  };
  const label = say(texts.doTo, { what: texts.open, title });
  const icon = working || launching ? <Spinner size="extra-tiny" /> : <OpenRegular />;
  if (!extension) return <Button {...focusAfterwards} appearance="primary" icon={icon} aria-label={label} disabledFocusable={disabled} onClick={byHand}>{texts.open}</Button>;
  return (
    <>
      {refused && (
        <MessageBar intent="warning" layout="multiline" role="alert" className={styles.said}>
          <MessageBarBody>{pairing[refused]}</MessageBarBody>
          <MessageBarActions><Button onClick={byHand} disabledFocusable={disabled}>{pairing.byHand}</Button></MessageBarActions>
        </MessageBar>
      )}
      <span className={styles.buttons}>
        <Button {...focusAfterwards} appearance="primary" icon={icon} aria-label={label} disabledFocusable={disabled || launching} onClick={() => open("entra")}>{texts.open}</Button>
        <Menu positioning="below-end">
          <MenuTrigger disableButtonEnhancement>
            <Button appearance="primary" icon={<ChevronDownRegular />} aria-label={say(texts.doTo, { what: pairing.openIn, title })} disabledFocusable={disabled || launching} />
          </MenuTrigger>
          <MenuPopover>
            <MenuList>{destinations.map((to) => <MenuItem key={to} onClick={() => open(to)}>{pairing[to]}</MenuItem>)}</MenuList>
          </MenuPopover>
        </Menu>
      </span>
    </>
  );
}
