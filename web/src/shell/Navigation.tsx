import { Button, Menu, MenuGroup, MenuGroupHeader, MenuItemLink, MenuList, MenuPopover, MenuTrigger, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { NavigationRegular } from "@fluentui/react-icons/svg/navigation";
import { Link, useNavigate } from "@tanstack/react-router";
import { texts } from "../texts/shell";
import { useMe } from "./me";
import { reachable } from "./areas";

const useStyles = makeStyles({
  nav: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalS}` },
  title: { margin: `0 0 ${tokens.spacingVerticalXS}`, paddingInline: tokens.spacingHorizontalM, fontSize: tokens.fontSizeBase200, fontWeight: tokens.fontWeightSemibold, color: tokens.colorNeutralForeground3 },
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: "2px" },
  link: {
    display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM, minHeight: "36px", paddingInline: tokens.spacingHorizontalM, position: "relative",
    color: tokens.colorNeutralForeground2, textDecorationLine: "none", borderRadius: tokens.borderRadiusMedium, fontSize: tokens.fontSizeBase300,
    ":hover": { backgroundColor: tokens.colorSubtleBackgroundHover, color: tokens.colorNeutralForeground2Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
    "& svg": { fontSize: "20px", flexShrink: 0 },
  },
  here: {
    backgroundColor: tokens.colorSubtleBackgroundSelected, color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold,
    "::before": { content: '""', position: "absolute", insetInlineStart: 0, top: "8px", bottom: "8px", width: "3px", borderRadius: "2px", backgroundColor: tokens.colorCompoundBrandBackground },
    "& svg": { color: tokens.colorBrandForeground1 },
  },
});

/** The screens that a person can reach, at the side of a wide window. */
export function SideNavigation({ className }: { className: string }) {
  const styles = useStyles();
  return (
    <nav className={mergeClasses(styles.nav, className)} aria-label={texts.navigation}>
      {reachable(useMe()).map(({ title, entries }) => (
        <div key={title}>
          <h2 className={styles.title}>{title}</h2>
          <ul className={styles.list}>
            {entries.map(({ to, text, icon, exact }) => (
              <li key={to}><Link to={to} activeOptions={{ exact: exact ?? false }} className={styles.link} activeProps={{ className: styles.here }}>{icon}{text}</Link></li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** The same behind a button, in a narrow one. */
export function MenuNavigation({ className }: { className: string }) {
  const navigate = useNavigate();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<NavigationRegular />} aria-label={texts.openNavigation} className={className} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {reachable(useMe()).map(({ title, entries }) => (
            <MenuGroup key={title}>
              <MenuGroupHeader>{title}</MenuGroupHeader>
              {entries.map(({ to, text, icon }) => (
                <MenuItemLink key={to} href={to} icon={icon} onClick={(event) => {
                  event.preventDefault();
                  void navigate({ to });
                }}>{text}</MenuItemLink>
              ))}
            </MenuGroup>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
