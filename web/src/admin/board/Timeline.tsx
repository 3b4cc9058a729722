import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useNow } from "../../api/clock";
import type { Grant } from "../../api/queries";
import { CustomerMark } from "../../parts/CustomerMark";
import { Name } from "../../parts/Name";
import { useGrowing } from "../../parts/useGrowing";
import { clockTime, shortInstant } from "../../parts/times";
import { say } from "../../texts/say";
import { texts } from "../../texts/admin";
import { place, spanOf, ticks, windowOf } from "./span";

const narrow = "@media (max-width: 40rem)";

const useStyles = makeStyles({
  plot: { display: "flex", flexDirection: "column", padding: tokens.spacingHorizontalL, backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2 },
  list: { listStyleType: "none", margin: 0, padding: 0 },
  row: {
    display: "grid", gridTemplateColumns: "15rem minmax(0, 1fr)", alignItems: "center", gap: tokens.spacingHorizontalM, minHeight: "44px",
    ":not(:last-child)": { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
    [narrow]: { gridTemplateColumns: "minmax(0, 1fr)", gap: tokens.spacingVerticalXXS, padding: `${tokens.spacingVerticalS} 0` },
  },
  who: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  names: { display: "flex", flexDirection: "column", minWidth: 0, overflowWrap: "anywhere", paddingBlock: tokens.spacingVerticalXS },
  customer: { fontWeight: tokens.fontWeightSemibold },
  person: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  track: { position: "relative", height: "28px" },
  bar: {
    position: "absolute", top: "4px", height: "20px", minWidth: "6px", borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorBrandBackground2Hover,
    border: `1px solid ${tokens.colorBrandStroke1}`, boxSizing: "border-box",
  },
  waiting: { backgroundColor: tokens.colorNeutralBackground5, border: `1px dashed ${tokens.colorNeutralStrokeAccessible}` },
  notOff: { backgroundColor: tokens.colorStatusDangerBackground3, border: `1px solid ${tokens.colorStatusDangerBorder2}` },
  past: { position: "absolute", insetBlock: 0, insetInlineStart: 0, backgroundColor: tokens.colorBrandBackground, borderRadius: tokens.borderRadiusMedium },
  now: { position: "absolute", insetBlock: "-4px", width: "2px", backgroundColor: tokens.colorPaletteRedBorderActive },
  axis: { position: "relative", height: "20px", marginInlineStart: `calc(15rem + ${tokens.spacingHorizontalM})`, marginTop: tokens.spacingVerticalS, [narrow]: { marginInlineStart: 0 } },
  tick: { position: "absolute", transform: "translateX(-50%)", color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, whiteSpace: "nowrap", [narrow]: { ":nth-child(even)": { display: "none" } } },
});

/** Who is where, as bars over time: what has passed is filled, a line marks now. */
export function Timeline({ grants }: { grants: readonly Grant[] }) {
  const styles = useStyles();
  const now = useNow();
  const spans = grants.map((g) => spanOf(g, now));
  const window = windowOf(spans, now);
  const [shown, end] = useGrowing(grants);
  return (
    <div className={styles.plot}>
      <ul className={styles.list} aria-label={texts.timeline}>
        {shown.map((g, i) => {
          const { from, to } = spans[i]!;
          const left = place(from, window), width = place(to, window) - left;
          const passed = to > from ? Math.min(100, (100 * (now - from)) / (to - from)) : 0;
          return (
            <li key={g.id} className={styles.row}>
              <div className={styles.who}>
                <CustomerMark customer={g.customer} size={28} />
                <div className={styles.names}>
                  <span className={styles.customer}><Name of={g.customer.name} /></span>
                  <span className={styles.person}><Name of={g.person.name} /> · <Name of={g.profile.name} /></span>
                </div>
              </div>
              <div className={styles.track} role="img" aria-label={said(g, to, now)} title={said(g, to, now)}>
                <span className={mergeClasses(styles.bar, g.state === "ending" ? styles.notOff : g.state !== "active" && styles.waiting)} style={{ insetInlineStart: `${left}%`, width: `${width}%` }}>
                  {g.state === "active" && <span className={styles.past} style={{ width: `${passed}%` }} />}
                </span>
                <span className={styles.now} style={{ insetInlineStart: `${place(now, window)}%` }} />
              </div>
            </li>
          );
        })}
      </ul>
      {end}
      <div className={styles.axis} aria-hidden>
        {ticks(window, 6).map((at) => <span key={at} className={styles.tick} style={{ insetInlineStart: `${place(at, window)}%` }}>{clockTime(new Date(at))}</span>)}
      </div>
    </div>
  );
}

function said(g: Grant, to: number, now: number): string {
  if (g.state === "ending") return texts.notOffSaid;
  if (g.state !== "active") return texts.waitingSaid;
  return say(texts.activeSaid, { from: shortInstant(new Date(g.active_at!), new Date(now)), to: shortInstant(new Date(to), new Date(now)) });
}
