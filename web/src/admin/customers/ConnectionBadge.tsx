import { Badge, type BadgeProps } from "@fluentui/react-components";
import { CheckmarkCircleFilled } from "@fluentui/react-icons/svg/checkmark-circle";
import { ErrorCircleFilled } from "@fluentui/react-icons/svg/error-circle";
import { PlugDisconnectedRegular } from "@fluentui/react-icons/svg/plug-disconnected";
import { texts } from "../../texts/customers";
import type { Customer } from "../queries";

const looks: Record<Customer["connection"], Pick<BadgeProps, "color" | "icon">> = {
  unconnected: { color: "informative", icon: <PlugDisconnectedRegular /> },
  connected: { color: "success", icon: <CheckmarkCircleFilled /> },
  broken: { color: "danger", icon: <ErrorCircleFilled /> },
  disconnecting: { color: "warning", icon: <PlugDisconnectedRegular /> },
};

/** How a customer's tenant is connected, in a word. */
export const ConnectionBadge = ({ state }: { state: Customer["connection"] }) => <Badge size="large" shape="rounded" appearance="tint" data-connection={state} {...looks[state]}>{texts[state]}</Badge>;
