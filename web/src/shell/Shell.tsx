import { makeStyles, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { follow } from "../api/live";
import { followOtherTabs } from "../api/session";
import { tabs } from "../api/tabs";
import { later } from "../parts/later";
import { texts } from "../texts/shell";
import { useEndWarnings, useNews } from "../technician/notifications";
import { AccountMenu } from "./AccountMenu";
import { ConnectionBar } from "./ConnectionBar";
import { useMe } from "./me";
import { MenuNavigation, SideNavigation } from "./Navigation";

const SessionDialog = later(() => import("./SessionDialog").then((m) => m.SessionDialog));

const narrow = "@media (max-width: 820px)";

const useStyles = makeStyles({
  frame: { display: "grid", gridTemplateColumns: "232px minmax(0, 1fr)", gridTemplateRows: "auto 1fr", minHeight: "100dvh", backgroundColor: tokens.colorNeutralBackground3, [narrow]: { gridTemplateColumns: "minmax(0, 1fr)" } },
  bar: {
    gridColumn: "1 / -1", position: "sticky", top: 0, zIndex: 10, display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minHeight: "48px",
    paddingInline: tokens.spacingHorizontalL, backgroundColor: tokens.colorNeutralBackground1, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  brand: {
    display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, marginInlineEnd: "auto", color: tokens.colorNeutralForeground1, textDecorationLine: "none",
    fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, borderRadius: tokens.borderRadiusMedium,
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "2px" },
  },
  skip: {
    position: "absolute", insetInlineStart: tokens.spacingHorizontalM, top: "-100px", zIndex: 20, padding: tokens.spacingHorizontalS, backgroundColor: tokens.colorNeutralBackground1, color: tokens.colorBrandForegroundLink,
    ":focus": { top: tokens.spacingVerticalS },
  },
  side: { position: "sticky", top: "49px", height: "calc(100dvh - 49px)", overflowY: "auto", [narrow]: { display: "none" } },
  menu: { display: "none", [narrow]: { display: "inline-flex" } },
  main: {
    minWidth: 0, width: "100%", maxWidth: "1280px", padding: `${tokens.spacingVerticalXXL} ${tokens.spacingHorizontalXXL} 64px`, outlineStyle: "none",
    [narrow]: { padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalL} 48px` },
  },
});

/** The frame around every screen of somebody who is signed in. */
export function Shell() {
  const styles = useStyles();
  const cache = useQueryClient();
  const me = useMe();
  const roles = [...me.roles].sort().join();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const shown = useRef(path);

  // Whoever listens, or uses the keyboard, begins a new screen at its beginning.
  useEffect(() => {
    if (shown.current !== undefined && shown.current !== path) main.current?.focus({ preventScroll: true });
    shown.current = path;
  }, [path]);
  useEffect(() => {
    if (!roles) return;
    const stop = new AbortController();
    void follow(cache, { id: me.id, roles: roles.split(",") }, stop.signal);
    return () => stop.abort();
  }, [cache, me.id, roles]);
  useEffect(followOtherTabs, []);
  useEffect(() => tabs.on("signed-out", () => location.assign("/sign-in")), []);

  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>{texts.skipToContent}</a>
      <header className={styles.bar}>
        <MenuNavigation className={styles.menu} />
        <Link to="/" className={styles.brand}><img src="/icon.svg" alt="" width="24" height="24" />{texts.product}</Link>
        <AccountMenu />
      </header>
      <SideNavigation className={styles.side} />
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <ConnectionBar />
        <Outlet />
      </main>
      <Telling />
      <SessionDialog />
    </div>
  );
}

// Apart, so that the seconds that it counts draw nothing else anew.
function Telling() {
  useNews();
  useEndWarnings();
  return null;
}
