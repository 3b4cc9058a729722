import { Badge, type BadgeProps } from "@fluentui/react-components";
import { texts } from "../../../texts/drills";
import { say } from "../../../texts/say";
import { useCardStyles } from "../../styles";
import type { Drill } from "../../queries";
import { took } from "./took";

const colours: Record<Drill["state"], BadgeProps["color"]> = { arming: "brand", switching_off: "warning", cleaning_up: "brand", passed: "success", failed: "danger" };

/** How a drill stands, and how long switching off took. */
export function DrillBadge({ of: d }: { of: Drill }) {
  const cards = useCardStyles();
  return (
    <span className={cards.row}>
      {d.off_seconds !== undefined && <span>{say(texts.offAfter, { length: took(d.off_seconds) })}</span>}
      <Badge size="large" shape="rounded" appearance="tint" color={colours[d.state]}>{texts[d.state]}</Badge>
    </span>
  );
}
