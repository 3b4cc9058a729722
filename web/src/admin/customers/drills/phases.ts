import type { Drill } from "../../queries";

export type Phase = Drill["steps"][number]["phase"];

/** What a drill walks through, and how far it has come. One that could not be armed is switched off all the same. */
export function phasesOf(d: Pick<Drill, "armed_at" | "ending_at" | "off_at" | "ended_at">): { phase: Phase; state: "done" | "now" | "later" | "failed" }[] {
  return [
    { phase: "arming", state: d.armed_at ? "done" : d.ending_at || d.ended_at ? "failed" : "now" },
    { phase: "switching_off", state: d.off_at ? "done" : d.ended_at ? "failed" : d.ending_at ? "now" : "later" },
    { phase: "cleaning_up", state: d.ended_at ? "done" : d.off_at ? "now" : "later" },
  ];
}
