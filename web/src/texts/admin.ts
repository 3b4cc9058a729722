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
  },
});
