import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-components";
import { ChevronDownRegular } from "@fluentui/react-icons/svg/chevron-down";
import { destinations, type Destination, type LaunchRefusal } from "../api/extension";
import { say } from "../texts/say";
import { texts } from "../texts/grants";
import { texts as pairing } from "../texts/pairing";

// What a grant has more where the extension is: who has none loads none of it.

/** The places of Microsoft's that the extension can open. */
export function Places({ title, disabled, open }: { title: string; disabled: boolean; open: (to: Destination) => void }) {
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        <Button icon={<ChevronDownRegular />} aria-label={say(texts.doTo, { what: pairing.openIn, title })} disabledFocusable={disabled} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>{destinations.map((to) => <MenuItem key={to} onClick={() => open(to)}>{pairing[to]}</MenuItem>)}</MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** Why the extension did not sign in, and the way without it. */
export function Refused({ why, disabled, byHand }: { why: LaunchRefusal; disabled: boolean; byHand: () => void }) {
  return (
    <MessageBar intent="warning" layout="multiline" role="alert">
      <MessageBarBody>{pairing[why]}</MessageBarBody>
      <MessageBarActions><Button onClick={byHand} disabledFocusable={disabled}>{pairing.byHand}</Button></MessageBarActions>
    </MessageBar>
  );
}
