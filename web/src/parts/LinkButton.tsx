import { Button, type ButtonProps } from "@fluentui/react-components";
import { useLinkProps, type LinkProps } from "@tanstack/react-router";

type Props = Pick<ButtonProps, "appearance" | "icon" | "children" | "size"> & Pick<LinkProps, "to" | "params" | "search">;

/** A link of the router that looks like a button. */
export function LinkButton({ appearance, icon, size, children, ...target }: Props) {
  const link = useLinkProps(target);
  return <Button as="a" appearance={appearance} icon={icon} size={size} href={link.href} onClick={link.onClick} onFocus={link.onFocus}>{children}</Button>;
}
