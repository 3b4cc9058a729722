import { inLanguage } from "./say";

export const texts = inLanguage({
  en: {
    liveBoard: "Live access",
    liveBoardAbout: "Who is in which tenant now, and until when.",
    person: "Person",
    customer: "Customer",
    profile: "Access profile",
    state: "State",
    since: "Since",
    timeLeft: "Time left",
    nobodyIn: "Nobody holds access",
    nobodyInHelp: "As soon as somebody asks for access to a customer's tenant, it is shown here, until the account is proven off.",

    timeline: "Timeline",
    table: "Table",
    activeSaid: "From {from} until {to}",
    waitingSaid: "Not active yet",
    notOffSaid: "NOT OFF: the account may still be on",
    notOff: { one: "NOT OFF: {n} account may still be on", other: "NOT OFF: {n} accounts may still be on" },
    notOffHelp: "Access is over, but Microsoft has not confirmed yet that the account is off. It is tried again without end.",
    notOffOne: "{person} at {customer} ({account}), being switched off since {at}",
    noAccount: "no account yet",
    revoke: "Revoke",
    revokeOf: "Revoke the access of {person} at {customer}",
    revokeTitle: "End the access of {person} at {customer}?",
    revokeAbout: "The account is switched off now. What is open there stops working.",
    revokeWhy: "Why? The technician and the audit log are told.",
  },
});
