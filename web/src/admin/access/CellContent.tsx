import { Badge, makeStyles, tokens, type BadgeProps } from "@fluentui/react-components";
import { texts } from "../../texts/access";
import type { Reason, Subject } from "./model";

type Look = "own" | "inherited" | "give" | "take";
const styles: Record<Look, Pick<BadgeProps, "appearance" | "color">> = {
  own: { appearance: "tint", color: "brand" },
  inherited: { appearance: "outline", color: "informative" },
  give: { appearance: "filled", color: "success" },
  take: { appearance: "filled", color: "danger" },
};

const useStyles = makeStyles({
  cell: { display: "flex", gap: tokens.spacingHorizontalXXS, alignItems: "center", minWidth: 0 },
  badge: { display: "inline-block", minWidth: 0, maxWidth: "7.5rem", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", lineHeight: "18px" },
  more: { flexShrink: 0, fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2 },
});

export const looks = ([["own", texts.legendOwn], ["inherited", texts.legendInherited], ["give", texts.legendGive], ["take", texts.legendTake]] as const)
  .map(([name, text]) => ({ name, text, sample: <Badge size="small" {...styles[name]} /> }));

const weight: Record<Look, number> = { take: 0, give: 1, own: 2, inherited: 3 };

function lookOf(r: Reason, subject: Subject, customer?: string): Look {
  if (r.state === "taken") return "take";
  if (r.state === "given") return "give";
  return (subject.kind === "team" || !r.team) && r.customer?.id === customer ? "own" : "inherited";
}

/** What a cell says to those who listen. */
export const said = (reasons: readonly Reason[]) => reasons.map((r) => r.profile.name + (r.state === "taken" ? ` (${texts.toBeTaken})` : r.state === "given" ? ` (${texts.toBeGiven})` : "")).join(", ") || texts.nothing;

/** The profiles of a cell: each once, what changes first. */
export function CellContent({ reasons, subject, customer }: { reasons: readonly Reason[]; subject: Subject; customer?: string }) {
  const s = useStyles();
  if (reasons.length === 0) return null;
  const best = new Map<string, { name: string; look: Look }>();
  for (const r of reasons) {
    const look = lookOf(r, subject, customer);
    const before = best.get(r.profile.id);
    if (!before || weight[look] < weight[before.look]) best.set(r.profile.id, { name: r.profile.name, look });
  }
  const [first, ...others] = [...best.values()].sort((a, b) => weight[a.look] - weight[b.look]);
  return (
    <span className={s.cell} aria-hidden title={[...best.values()].map(({ name }) => name).join("\n")}>
      <Badge className={s.badge} {...styles[first!.look]}>{first!.name}</Badge>
      {others.length > 0 && <span className={s.more}>+{others.length}</span>}
    </span>
  );
}
