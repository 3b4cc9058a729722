import { inLanguage } from "./say";

/** Drills: proof that the strongest profile can be switched off. */
export const texts = inLanguage({
  en: {
    drill: "Drill",
    about: "A canary account gets the strongest profile that somebody may use here, is switched off as every account is, read back, and deleted. Nobody gets its credential. So you know that an end works here before you need one.",
    run: "Run a drill now",
    running: "A drill is running",
    newest: "Newest drill",
    none: "No drill yet",
    noneHelp: "A drill takes some seconds and disturbs nobody.",
    noTenant: "There is no tenant to drill yet",
    noTenantHelp: "Connect it first.",

    arming: "The canary gets the profile",
    switching_off: "The canary is switched off",
    cleaning_up: "The canary is deleted",
    passed: "Passed",
    failed: "Failed",
    steps: "Steps of the drill",
    milliseconds: "{n} ms",
    seconds: "{n} s",
    offAfter: "Off after {length}",
    notOff: "The canary may be on. It is tried again until it is off.",
    why: "Why not",
    stays: "Microsoft does not let the app delete the canary. It stays, disabled, and is used again.",

    state: "State",
    began: "Begun",
    by: "By",
    profile: "Access profile",
    roles: "Roles",
    account: "Canary",
    proven: "Proven off",
    notProven: "not proven yet",
    proof: "{at}: disabled, no role, no sign-in method",

    history: "Earlier drills",
    note: "Note",

    schedule: "By itself",
    scheduleAbout: "A drill on a schedule finds out that something has changed at the customer before somebody is in there.",
    every: "How often",
    never: "Never",
    weekly: "Every week",
    monthly: "Every month",
    due: "The next one begins {at}.",
    notDue: "No drill begins by itself.",
    scheduled: "Saved",
  },
});
