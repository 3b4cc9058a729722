import type { ReactElement } from "react";
import type { Me, Role } from "../api/queries";
import { admin } from "../admin/navigation";
import { technician } from "../technician/navigation";
import { holds } from "./me";

/** A screen in the navigation. Only those who hold one of the roles see it; the server decides in any case. */
export type Entry = {
  to: string;
  text: string;
  icon: ReactElement;
  roles: readonly Role[];
  /** Whether screens below this one count as it. */
  exact?: boolean;
};

export type Area = { title: string; entries: readonly Entry[] };

const areas: readonly Area[] = [technician, admin];

/** What a person can reach, area by area. */
export function reachable(me: Me): Area[] {
  return areas
    .map(({ title, entries }) => ({ title, entries: entries.filter(({ roles }) => holds(me, ...roles)) }))
    .filter(({ entries }) => entries.length > 0);
}
