import { places, type Place } from "../microsoft/places";
import type { Sessions } from "../settings";
import type { Launch } from "./launches";

/** What shares cookies: the browser's own windows, its private windows, or one container. */
export type Jar = "shared" | "private" | `container:${string}`;

/** The kinds of jar that a browser has, best first. */
export type Kind = "container" | "private" | "shared";

/** Which kinds to try, in order, for a setting in a browser that has some of them. */
export function kindsFor(sessions: Sessions, has: { containers: boolean; privateWindows: boolean }): Kind[] {
  const own: Kind[] = [];
  if (has.containers && (sessions === "auto" || sessions === "container")) own.push("container");
  if (has.privateWindows && (sessions === "auto" || sessions === "private")) own.push("private");
  // Who asked for a private window gets none with cookies in its place, unless the browser has none at all.
  const instead = sessions === "auto" || sessions === "window" || !own.length;
  return instead ? [...own, "shared"] : own;
}

/**
 * The first kind in which the launch mixes with nobody. A container is made for each customer. In the others a second customer
 * may join only at places that keep accounts side by side, and only where no tab of the first is at the same kind of place.
 */
export function freeKind(kinds: readonly Kind[], place: Place, grant: string, open: readonly Launch[]): { kind: Kind } | { occupiedBy: string } {
  let occupiedBy = "";
  for (const kind of kinds) {
    const other = open.find((launch) => launch.jar === kind && launch.grant !== grant && launch.place === place && !places[place].sideBySide);
    if (!other) return { kind };
    occupiedBy ||= other.grant;
  }
  return { occupiedBy };
}
