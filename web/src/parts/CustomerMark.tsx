import { Avatar, type AvatarProps } from "@fluentui/react-components";
import { initials } from "./initials";

/** A customer's initials on its own colour, the same on every screen: the wrong tenant has to look wrong. */
export function CustomerMark({ customer, size = 40 }: { customer: { id: string; name: string }; size?: AvatarProps["size"] }) {
  return <Avatar aria-hidden shape="square" color="colorful" idForColor={customer.id} size={size} initials={initials(customer.name)} name="" role="presentation" />;
}
