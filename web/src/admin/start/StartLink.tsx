import { RocketRegular } from "@fluentui/react-icons/svg/rocket";
import { LinkButton } from "../../parts/LinkButton";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/shell";

/** Leads an admin from a screen that is still empty to what comes first. */
export function StartLink() {
  return holds(useMe(), "admin") && <LinkButton icon={<RocketRegular />} to="/admin/start">{texts.start}</LinkButton>;
}
