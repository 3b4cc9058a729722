import { Button, Spinner, Tooltip, makeStyles, tokens, useRestoreFocusTarget } from "@fluentui/react-components";
import { OptionsRegular } from "@fluentui/react-icons/svg/options";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useRef, useState } from "react";
import { api, body } from "../api/client";
import { newIntent } from "../api/intent";
import { takeGrant } from "../api/live";
import type { Grant, ReachableCustomer, ReachableProfile } from "../api/queries";
import { StateBadge } from "../grants/StateBadge";
import { Countdown } from "../parts/Countdown";
import { CustomerMark } from "../parts/CustomerMark";
import { Filled } from "../parts/Filled";
import { Instant } from "../parts/Instant";
import { Name } from "../parts/Name";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { announce } from "../shell/announce";
import { say } from "../texts/say";
import { texts } from "../texts/technician";
import { Finding, Findings } from "./Findings";
import { needsWords, usualProfile } from "./usual";

const RequestDialog = lazy(() => import("./RequestDialog").then((m) => ({ default: m.RequestDialog })));

const useStyles = makeStyles({
  tile: {
    height: "100%", display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, padding: tokens.spacingHorizontalL, overflowWrap: "anywhere",
    backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2, border: `1px solid ${tokens.colorTransparentStroke}`,
  },
  top: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM },
  words: { minWidth: 0, flexGrow: 1 },
  name: { margin: 0, fontSize: tokens.fontSizeBase300, lineHeight: tokens.lineHeightBase300, fontWeight: tokens.fontWeightSemibold },
  dim: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  row: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, marginTop: "auto" },
  wide: { flexGrow: 1, minWidth: 0, "& > span:last-child": { overflow: "hidden", textOverflow: "ellipsis" } },
});

export type Wanted = { profile: ReachableProfile; seconds: number; reason: string; ticket: string };

/** One customer: what I hold there, or one press to ask for it. */
export function CustomerTile({ customer: c, live, begin }: { customer: ReachableCustomer; live?: Grant; begin: boolean }) {
  const styles = useStyles();
  const cache = useQueryClient();
  const usual = usualProfile(c);
  const askable = !live && c.available && usual && !usual.blocked;
  const [choosing, setChoosing] = useState(begin && askable);
  const focusAfterwards = useRestoreFocusTarget();
  const intent = useRef(newIntent());
  const tile = useRef<HTMLDivElement>(null);

  const request = async ({ profile, seconds, reason, ticket }: Wanted) => {
    const wanted = { customer_id: c.id, profile_id: profile.id, lifetime_seconds: seconds, reason, ticket };
    const g = await intent.current(wanted, (key) => body(api.POST("/api/v1/grants", { params: { header: { "Idempotency-Key": key } }, body: wanted })));
    const busyElsewhere = isBusyElsewhere(tile.current);
    takeGrant(cache, g);
    announce(say(texts.requested, { profile: profile.name, customer: c.name }));
    if (!busyElsewhere) focusOnGrant(g.id); // the button that was used is gone
  };
  const ask = useAction(async (profile: ReachableProfile) => {
    if (needsWords(profile)) setChoosing(true);
    else await request({ profile, seconds: profile.default_seconds, reason: "", ticket: "" });
  });
  return (
    <div className={styles.tile} data-customer={c.id} ref={tile}>
      <div className={styles.top}>
        <CustomerMark customer={c} size={36} />
        <div className={styles.words}>
          <h3 className={styles.name}><Name of={c.name} /></h3>
          {!live && c.last && <p className={styles.dim}>{texts.lastAsked} <Instant at={c.last.requested_at} /></p>}
          {live?.state === "active" && <p className={styles.dim}><Name of={live.profile.name} /> · <Countdown until={live.expires_at!} /></p>}
          {live && live.state !== "active" && <p className={styles.dim}><Name of={live.profile.name} /></p>}
        </div>
        {live && <StateBadge state={live.state} />}
      </div>
      {!c.available ? <Finding>{texts.notConnected}</Finding> : usual && !live && <Findings of={usual} />}
      {ask.problem !== undefined && <ProblemBox of={ask.problem} />}
      {live ? (
        <div className={styles.row}><Button className={styles.wide} onClick={() => focusOnGrant(live.id)} aria-label={say(texts.goToGrantAt, { customer: c.name })}>{texts.goToGrant}</Button></div>
      ) : askable && (
        <div className={styles.row}>
          <Button {...focusAfterwards} className={styles.wide} icon={ask.working ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={ask.working} onClick={() => ask.run(usual)}
            aria-label={say(texts.requestAt, { profile: usual.name, customer: c.name })}>
            <span><Filled text={texts.request} values={{ profile: <Name of={usual.name} /> }} /></span>
          </Button>
          <Tooltip content={say(texts.otherChoices, { customer: c.name })} relationship="label">
            <Button {...focusAfterwards} icon={<OptionsRegular />} disabledFocusable={ask.working} onClick={() => setChoosing(true)} />
          </Tooltip>
        </div>
      )}
      {choosing && usual && <Suspense fallback={null}><RequestDialog customer={c} usual={usual} request={request} close={() => setChoosing(false)} /></Suspense>}
    </div>
  );
}

/** Whether the person went on to something else while the answer was on its way. Moving the page then would take the next press from under their pointer. */
function isBusyElsewhere(tile: HTMLElement | null) {
  const at = document.activeElement;
  return at !== null && at !== document.body && !tile?.contains(at) && !at.closest("[role=dialog]");
}

/** Moves to a grant's card as soon as it is drawn. */
function focusOnGrant(id: string) {
  requestAnimationFrame(() => setTimeout(() => document.getElementById(`grant-${id}`)?.focus()));
}
