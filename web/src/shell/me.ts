import { useSuspenseQuery } from "@tanstack/react-query";
import { meQuery, type Me, type Role } from "../api/queries";

/** Who is signed in. Only below signedInRoute, which has made sure that somebody is. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data;

export const holds = (me: Me, ...roles: Role[]) => me.roles.some((role) => roles.includes(role));
