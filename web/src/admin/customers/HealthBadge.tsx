import { Badge, makeStyles, type BadgeProps } from "@fluentui/react-components";
import { CheckmarkCircleFilled } from "@fluentui/react-icons/svg/checkmark-circle";
import { ErrorCircleFilled } from "@fluentui/react-icons/svg/error-circle";
import { PlugDisconnectedRegular } from "@fluentui/react-icons/svg/plug-disconnected";
import { QuestionCircleRegular } from "@fluentui/react-icons/svg/question-circle";
import { WarningFilled } from "@fluentui/react-icons/svg/warning";
import { texts } from "../../texts/customers";
import type { Health } from "./health";

const looks: Record<Health, Pick<BadgeProps, "color" | "icon">> = {
  healthy: { color: "success", icon: <CheckmarkCircleFilled /> },
  warnings: { color: "warning", icon: <WarningFilled /> },
  blocked: { color: "danger", icon: <ErrorCircleFilled /> },
  unchecked: { color: "informative", icon: <QuestionCircleRegular /> },
  leaving: { color: "warning", icon: <PlugDisconnectedRegular /> },
  unconnected: { color: "informative", icon: <PlugDisconnectedRegular /> },
};

const useStyles = makeStyles({ whole: { whiteSpace: "nowrap", flexShrink: 0 } });

/** How a customer is, in a word. */
export const HealthBadge = ({ of }: { of: Health }) => <Badge className={useStyles().whole} size="large" shape="rounded" appearance="tint" data-health={of} {...looks[of]}>{texts[`health_${of}`]}</Badge>;
