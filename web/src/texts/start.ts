import { inLanguage } from "./say";

/** From nothing to the first grant that works. */
export const texts = inLanguage({
  en: {
    title: "Getting started",
    about: "From an empty installation to the first access that works. Each step is checked as you go; you can leave and come back.",
    doneOf: "{done} of {all} steps are done",
    complete: "Everything works",
    completeHelp: "The first access was given and the way is known. From here on: more customers and people by list, teams, profiles with approval, and a drill at each customer.",
    importLists: "Import lists",
    steps: "Steps",

    passkey: "Your passkey",
    passkeyHelp: "You sign in and confirm with it. Add a second one on another device, so that losing this one locks nobody out.",
    passkeyDone: { one: "You have {n} passkey.", other: "You have {n} passkeys." },
    passkeyAct: "My passkeys",

    customer: "A customer",
    customerHelp: "An organisation that you serve. Begin with a test tenant of your own, if you have one.",
    customerDone: { one: "{n} customer is there.", other: "Several customers are there." },
    customerAct: "Add a customer",

    connection: "Its tenant is connected",
    connectionHelp: "An administrator of the tenant reads at Microsoft what Hourglass asks for, and accepts.",
    connectionDone: "{name} is connected.",
    connectionAct: "Connect {name}",

    preflight: "Pre-flight finds nothing that stops a grant",
    preflightHelp: "Hourglass checks the tenant by itself after the connection. Each finding says what mends it.",
    preflightDone: "{name} was checked; a grant would work.",
    preflightAct: "See the pre-flight",

    profile: "An access profile",
    profileHelp: "Which roles somebody gets, for how long at most, and what they have to say for it. There are ready-made ones.",
    profileDone: { one: "{n} profile can be given.", other: "{n} profiles can be given." },
    profileAct: "Take a ready-made one",

    technician: "A technician is invited",
    technicianHelp: "Whoever gets access has the role of a technician. You pass on a one-time link.",
    technicianDone: "{name} is a technician.",
    technicianAct: "Invite a technician",

    enrolled: "The technician has a passkey",
    enrolledHelp: "They open the link in their own browser and make one.",
    enrolledWaiting: "{name} has not opened the link yet. It can be made anew on their page.",
    enrolledDone: "{name} can sign in.",
    enrolledAct: "Open the page of {name}",

    entitled: "They may use the profile at the customer",
    entitledHelp: "Choose the cell of the technician and the customer, give the profile, look at the preview, and save.",
    entitledDone: "Somebody may ask for access.",
    entitledAct: "Open the access matrix",

    grant: "The first access",
    grantHelp: "The technician signs in and presses Request. Some seconds later the access is active; you see it under Live access.",
    grantDone: "The first access was given.",
    grantAct: "Live access",
  },
});
