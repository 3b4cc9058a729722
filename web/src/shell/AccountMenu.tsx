import { Avatar, Button, Menu, MenuDivider, MenuGroup, MenuGroupHeader, MenuItem, MenuItemRadio, MenuList, MenuPopover, MenuTrigger, makeStyles, tokens } from "@fluentui/react-components";
import { SignOutRegular } from "@fluentui/react-icons/svg/sign-out";
import { api } from "../api/client";
import { Name } from "../parts/Name";
import { initials } from "../parts/initials";
import { say } from "../texts/say";
import { texts } from "../texts/shell";
import { useMe } from "./me";
import { tabs } from "../api/tabs";
import { choose, useAppearance, type Appearance } from "./theme";
import { useToasts } from "./toasts";

const useStyles = makeStyles({
  button: { minWidth: 0, maxWidth: "16rem", paddingInline: tokens.spacingHorizontalS },
  name: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", fontWeight: tokens.fontWeightRegular, "@media (max-width: 600px)": { display: "none" } },
  whole: { padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`, maxWidth: "18rem", overflowWrap: "anywhere", fontWeight: tokens.fontWeightSemibold },
});

const appearances: [Appearance, string][] = [["system", texts.themeSystem], ["light", texts.themeLight], ["dark", texts.themeDark]];

/** Who I am, how it looks, and the way out. */
export function AccountMenu() {
  const styles = useStyles();
  const me = useMe();
  const appearance = useAppearance();
  const toasts = useToasts();

  // All tabs of this browser leave together, with whatever credential they show.
  const leave = async (way: "/api/v1/sign-out" | "/api/v1/sign-out-everywhere") => {
    try {
      await api.POST(way);
    } catch (problem) {
      toasts.problem(problem);
      return;
    }
    tabs.tell("signed-out");
    location.assign("/sign-in");
  };
  return (
    <Menu checkedValues={{ appearance: [appearance] }} onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems[0] as Appearance)}>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" className={styles.button} icon={<Avatar size={28} aria-hidden color="brand" name="" initials={initials(me.name)} />}>
          <span className="unseen">{say(texts.account, { name: me.name })}</span>
          <span className={styles.name} aria-hidden><Name of={me.name} /></span>
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <div className={styles.whole}><Name of={me.name} /></div>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>{texts.theme}</MenuGroupHeader>
            {appearances.map(([value, text]) => <MenuItemRadio key={value} name="appearance" value={value}>{text}</MenuItemRadio>)}
          </MenuGroup>
          <MenuDivider />
          <MenuItem icon={<SignOutRegular />} onClick={() => leave("/api/v1/sign-out")}>{texts.signOut}</MenuItem>
          <MenuItem onClick={() => leave("/api/v1/sign-out-everywhere")}>{texts.signOutEverywhere}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
