/**
 * Where Microsoft asks for credentials: worldwide, US government, China (operated by 21Vianet). Nothing is filled anywhere else.
 * The manifest's host permissions and the sign-in script's addresses are made of this list; the server has the same one.
 * Source: learn.microsoft.com, "National clouds", Microsoft Entra authentication endpoints.
 */
export const signInOrigins: readonly string[] = [
  "https://login.microsoftonline.com",
  "https://login.microsoftonline.us",
  "https://login.partner.microsoftonline.cn",
];

/** An address's origin, if it is one of Microsoft's sign-in origins. */
export function signInOrigin(address: string | undefined): string | undefined {
  const origin = originOf(address);
  return origin !== undefined && signInOrigins.includes(origin) ? origin : undefined;
}

/** The origin of an address; undefined where it has none. */
export function originOf(address: string | undefined): string | undefined {
  if (!address || !URL.canParse(address)) return undefined;
  const { origin } = new URL(address);
  return origin === "null" ? undefined : origin;
}
