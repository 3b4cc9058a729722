import type { Grant } from "../../api/queries";
import type { Entitlement, Team } from "../queries";

/** Whose row it is. */
export type Subject = { kind: "person" | "team"; id: string; name: string; note?: string };
type Named = { id: string; name: string };

/** An entitlement that is to be given. */
export type Gift = { key: string; subject: Subject; profile: Named; customer?: Named; ends_at?: string };

/** What is collected before it is saved. */
export type Changes = { gifts: readonly Gift[]; takes: ReadonlySet<string> };
export const noChanges: Changes = { gifts: [], takes: new Set() };
export const size = ({ gifts, takes }: Changes) => gifts.length + takes.size;

/** Why a cell says what it says. */
export type Reason = { id: string; profile: Named; team?: Named; customer?: Named; ends_at?: string; state: "held" | "taken" | "given" };

type Rule = { id: string; person?: Named; team?: Named; profile: Named; customer?: Named; ends_at?: string };

const everywhere = "*";
const place = (kind: Subject["kind"], id: string, customer: string) => `${kind} ${id} ${customer}`;

const asRule = ({ key, subject, profile, customer, ends_at }: Gift): Rule => ({
  id: key, [subject.kind]: { id: subject.id, name: subject.name }, profile, customer, ends_at,
});

const counts = (e: { ends_at?: string }, now: number) => e.ends_at === undefined || Date.parse(e.ends_at) > now;

/** Answers in constant time what holds for a person or a team at a customer, whatever the number of entitlements. */
export class Matrix {
  private readonly at = new Map<string, Reason[]>();
  private readonly teamsOf = new Map<string, Named[]>();

  /** `now` in ms: entitlements that ended before it say nothing any more. */
  constructor(entitlements: readonly Entitlement[], teams: readonly Team[], changes: Changes, now: number) {
    for (const e of entitlements) if (counts(e, now)) this.keep(e, changes.takes.has(e.id) ? "taken" : "held");
    for (const gift of changes.gifts) this.keep(asRule(gift), "given");
    for (const team of teams) for (const { id } of team.members) this.teamsOf.set(id, [...(this.teamsOf.get(id) ?? []), team]);
  }

  private keep({ id, person, team, profile, customer, ends_at }: Rule, state: Reason["state"]) {
    const subject = person ?? team;
    if (!subject) return;
    const key = place(person ? "person" : "team", subject.id, customer?.id ?? everywhere);
    const reason: Reason = { id, profile, team, customer, ends_at, state };
    const there = this.at.get(key);
    if (there) there.push(reason);
    else this.at.set(key, [reason]);
  }

  /** Without a customer: what holds for all of them. What is the subject's own at this very place comes first. */
  reasons(subject: { kind: Subject["kind"]; id: string }, customer?: string): Reason[] {
    const whose = [{ kind: subject.kind, id: subject.id }];
    if (subject.kind === "person") for (const { id } of this.teamsOf.get(subject.id) ?? []) whose.push({ kind: "team", id });
    const where = customer === undefined ? [everywhere] : [customer, everywhere];
    return whose.flatMap(({ kind, id }) => where.flatMap((c) => this.at.get(place(kind, id, c)) ?? []));
  }

  /** Whether the person may use the profile at the customer once the changes are saved, or was before. */
  covers(person: string, customer: string, profile: string, when: "before" | "after"): boolean {
    const out = when === "before" ? "given" : "taken";
    return this.reasons({ kind: "person", id: person }, customer).some((r) => r.profile.id === profile && r.state !== out);
  }

  /** The live grants that rest on what is taken away, and on nothing that stays. */
  ending(live: readonly Grant[]): Grant[] {
    return live.filter((g) => g.state !== "ending" && g.state !== "ended"
      && this.covers(g.person.id, g.customer.id, g.profile.id, "before") && !this.covers(g.person.id, g.customer.id, g.profile.id, "after"));
  }
}
