import { originOf, signInOrigins } from "./origins";
import type { components } from "../portal/schema.gen";

type Reason = NonNullable<components["schemas"]["ExtensionReport"]["reason"]>;

/** What a launch may be filled into. */
export type Wanted = {
  readonly userName: string;
  readonly tenant: string;
  /** The sign-in origins that the server named for it. */
  readonly origins: readonly string[];
};

/** What says itself to be a step of the sign-in. */
export type Shown = { readonly address: string; readonly account: string };

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * Why a page must not get the credential, or nothing (right-tenant). The origin has to be exactly one of Microsoft's, the tenant
 * that the address names has to be the grant's, and the account that the page shows has to be the grant's account. Addresses
 * such as /common/ or /login name no tenant: there the account decides alone, because its domain belongs to one tenant.
 */
export function mismatch(wanted: Wanted, shown: Shown): Reason | undefined {
  const origin = originOf(shown.address);
  if (origin === undefined || !signInOrigins.includes(origin) || !wanted.origins.includes(origin)) return "look_alike";
  if (!isTenantOf(wanted, shown.address)) return "other_tenant";
  return sameAccount(shown.account, wanted.userName) ? undefined : "other_account";
}

function isTenantOf(wanted: Wanted, address: string): boolean {
  const named = (new URL(address).pathname.split("/")[1] ?? "").toLowerCase();
  if (guid.test(named)) return named === wanted.tenant.toLowerCase();
  if (named.includes(".")) return named === domainOf(wanted.userName);
  return named !== "consumers";
}

const domainOf = (userName: string) => userName.slice(userName.lastIndexOf("@") + 1).toLowerCase();

/** User names of Microsoft do not tell capitals apart. */
export function sameAccount(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
