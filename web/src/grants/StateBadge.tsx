import { Badge, makeStyles, type BadgeProps } from "@fluentui/react-components";
import type { State } from "../api/queries";
import { texts } from "../texts/grants";

const looks: Record<State, Pick<BadgeProps, "color" | "appearance">> = {
  requested: { color: "informative", appearance: "tint" },
  awaiting_approval: { color: "warning", appearance: "tint" },
  provisioning: { color: "brand", appearance: "tint" },
  active: { color: "success", appearance: "tint" },
  ending: { color: "danger", appearance: "filled" },
  ended: { color: "informative", appearance: "outline" },
};

const useStyles = makeStyles({ badge: { flexShrink: 0, whiteSpace: "nowrap" } });

/** A grant's state. NOT OFF is the only one that is filled red. */
export const StateBadge = ({ state }: { state: State }) => <Badge className={useStyles().badge} size="large" shape="rounded" data-state={state} {...looks[state]}>{texts[state]}</Badge>;
