import { MessageBar, MessageBarBody, ProgressBar, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useId, type ReactNode } from "react";
import { useNow } from "../api/clock";
import type { Grant } from "../api/queries";
import { Code } from "../parts/Code";
import { CopyButton } from "../parts/CopyButton";
import { Countdown } from "../parts/Countdown";
import { CustomerMark } from "../parts/CustomerMark";
import { Filled } from "../parts/Filled";
import { Instant } from "../parts/Instant";
import { Name } from "../parts/Name";
import { span } from "../parts/times";
import { useMe } from "../shell/me";
import { locale } from "../texts/say";
import { texts } from "../texts/grants";
import { GrantActions } from "./GrantActions";
import { ProofList } from "./ProofList";
import { StateBadge } from "./StateBadge";
import { StepList } from "./StepList";
import { titleOf } from "./title";
import { soon } from "./warnings";

const useStyles = makeStyles({
  card: {
    display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, minWidth: 0, padding: tokens.spacingHorizontalXL, overflowWrap: "anywhere",
    backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow4, border: `1px solid ${tokens.colorTransparentStroke}`,
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "2px" },
    "@media (max-width: 480px)": { padding: tokens.spacingHorizontalL },
  },
  notOff: { border: `2px solid ${tokens.colorPaletteRedBorderActive}` },
  top: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalM },
  words: { flexGrow: 1, minWidth: 0 },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400, fontWeight: tokens.fontWeightSemibold },
  profile: { margin: 0, color: tokens.colorNeutralForeground2 },
  line: { margin: 0 },
  dim: { margin: 0, color: tokens.colorNeutralForeground2 },
  clock: { margin: 0, fontSize: tokens.fontSizeHero700, lineHeight: tokens.lineHeightHero700, fontWeight: tokens.fontWeightSemibold, fontVariantNumeric: "tabular-nums", "& small": { fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightRegular, color: tokens.colorNeutralForeground2 } },
  alarm: { color: tokens.colorPaletteRedForeground1 },
  facts: { display: "grid", gridTemplateColumns: "max-content minmax(0, 1fr)", columnGap: tokens.spacingHorizontalL, rowGap: tokens.spacingVerticalXS, alignItems: "center", margin: 0, "& dt": { color: tokens.colorNeutralForeground2 }, "& dd": { margin: 0, display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS, minWidth: 0 } },
});

const names = new Intl.ListFormat(locale, { type: "disjunction" });

/** One grant with everything that is to be known of it and done about it. Of one's own, the customer stands first; of others, who it is. */
export function GrantCard({ grant: g, level: Title = "h3" }: { grant: Grant; level?: "h2" | "h3" }) {
  const styles = useStyles();
  const own = useMe().id === g.person.id;
  const label = useId();
  return (
    <article className={mergeClasses(styles.card, g.state === "ending" && styles.notOff)} aria-labelledby={label} tabIndex={-1} id={`grant-${g.id}`} data-state={g.state}>
      <span id={label} hidden>{titleOf(g, own)}</span>
      <div className={styles.top}>
        <CustomerMark customer={g.customer} />
        <div className={styles.words}>
          <Title className={styles.title}><Name of={g.customer.name} /></Title>
          <p className={styles.profile}>{!own && <><Name of={g.person.name} />: </>}<Name of={g.profile.name} /></p>
        </div>
        <StateBadge state={g.state} />
      </div>
      <Now grant={g} />
      <Facts grant={g} />
      <GrantActions grant={g} />
    </article>
  );
}

/** What there is to say about the state that it is in. */
function Now({ grant: g }: { grant: Grant }) {
  const styles = useStyles();
  switch (g.state) {
    case "requested":
    case "provisioning":
      return <StepList grant={g} />;
    case "awaiting_approval":
      return (
        <>
          <p className={styles.dim}><Filled text={texts.askedAt} values={{ at: <Instant at={g.requested_at} /> }} />. <Filled text={texts.forLength} values={{ length: span(g.lifetime_seconds) }} />. {texts.approvalClock}</p>
          <StepList grant={g} />
          <p className={styles.dim}>{g.approvers?.length ? <Filled text={texts.approvers} values={{ names: <Name of={names.format(g.approvers.map(({ name }) => name))} /> }} /> : texts.nobodyApproves}</p>
        </>
      );
    case "active":
      return <TimeLeft grant={g} />;
    case "ending":
      return (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody><strong>{texts.notOff}</strong> {g.ending_at && <Filled text={texts.notOffSince} values={{ at: <Instant at={g.ending_at} /> }} />}</MessageBarBody>
        </MessageBar>
      );
    case "ended":
      return (
        <>
          <p className={styles.line}>{g.outcome && texts[g.outcome]}{g.ended_at && <> · <Instant at={g.ended_at} /></>}</p>
          {g.outcome === "failed" && <StepList grant={g} />}
          <ProofList grant={g} />
        </>
      );
  }
}

function TimeLeft({ grant: g }: { grant: Grant }) {
  const styles = useStyles();
  const present = useNow();
  const [begun, ends] = [Date.parse(g.active_at!), Date.parse(g.expires_at!)];
  const near = soon(g, present);
  const { pass_ends_in_time: pass, roles_end_at_microsoft: roles } = g.switches;
  const armed = pass && roles ? texts.microsoftEndsBoth : pass ? texts.microsoftEndsPass : roles ? texts.microsoftEndsRoles : texts.microsoftEndsNone;
  return (
    <div>
      <p className={mergeClasses(styles.clock, near && styles.alarm)}><Countdown until={g.expires_at!} /> <small>{texts.left}</small></p>
      <ProgressBar aria-hidden thickness="large" value={Math.min(1, Math.max(0, (ends - present) / (ends - begun)))} color={near ? "error" : "brand"} />
      <p className={styles.dim}><Filled text={texts.endsAt} values={{ at: <Instant at={g.expires_at!} /> }} /> {armed}</p>
      {near && <p className={styles.line}><strong>{texts.endsSoon}</strong></p>}
    </div>
  );
}

function Facts({ grant: g }: { grant: Grant }) {
  const styles = useStyles();
  const facts: [string, ReactNode][] = [];
  if (g.user_name && g.state !== "awaiting_approval") facts.push([texts.account, <><Code>{g.user_name}</Code>{g.state === "active" && <CopyButton what={texts.userName} value={g.user_name} />}</>]);
  if (g.reason) facts.push([texts.reason, <Name of={g.reason} />]);
  if (g.ticket) facts.push([texts.ticket, <Name of={g.ticket} />]);
  if (g.failure) facts.push([texts.advice, g.failure.advice]);
  if (g.comment) facts.push([texts.comment, <Name of={g.comment} />]);
  if (facts.length === 0) return null;
  return <dl className={styles.facts}>{facts.map(([term, fact]) => <div key={term} style={{ display: "contents" }}><dt>{term}</dt><dd>{fact}</dd></div>)}</dl>;
}
