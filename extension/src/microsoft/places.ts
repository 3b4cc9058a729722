import type { components } from "../portal/schema.gen";
import { originOf } from "./origins";

/** The places where technicians go. */
export type Place = components["schemas"]["Destination"];

type About = {
  /** In the clouds worldwide, US government and China, as far as Microsoft names one: docs/extension.md says where. */
  readonly origins: readonly string[];
  /**
   * Whether two accounts can be signed in side by side in one browser, because the address names the tenant. The others keep one
   * account per browser: the second customer would take the place of the first.
   */
  readonly sideBySide: boolean;
};

/** Each place once, with the same origins as in internal/access/extension.go. The server names the address to open; the extension opens it only if its origin stands here. */
export const places: Readonly<Record<Place, About>> = {
  entra: { origins: ["https://entra.microsoft.com", "https://entra.microsoft.us", "https://entra.microsoftonline.cn"], sideBySide: true },
  microsoft365: { origins: ["https://admin.microsoft.com", "https://portal.office365.us", "https://portal.partner.microsoftonline.cn"], sideBySide: false },
  exchange: { origins: ["https://admin.exchange.microsoft.com"], sideBySide: false },
  intune: { origins: ["https://intune.microsoft.com", "https://intune.microsoft.us", "https://intune.microsoftonline.cn"], sideBySide: true },
  azure: { origins: ["https://portal.azure.com", "https://portal.azure.us", "https://portal.azure.cn"], sideBySide: true },
  teams: { origins: ["https://admin.teams.microsoft.com", "https://admin.gov.teams.microsoft.us"], sideBySide: false },
  security: { origins: ["https://security.microsoft.com", "https://security.microsoft.us"], sideBySide: false },
};

/** Every place's name, in the order in which they are offered. */
export const placeNames = Object.keys(places) as Place[];

/** The addresses on which the badge may be shown, as match patterns. */
export const placePatterns: readonly string[] = Object.values(places).flatMap(({ origins }) => origins.map((origin) => `${origin}/*`));

/** Whether an address belongs to the place. */
export function isAt(place: Place, address: string): boolean {
  const origin = originOf(address);
  return origin !== undefined && places[place].origins.includes(origin);
}
