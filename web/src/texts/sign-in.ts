import { inLanguage } from "./say";

export const texts = inLanguage({
  en: {
    signIn: "Sign in",
    signInAbout: "Use the passkey that you enrolled for Hourglass. There are no passwords here.",
    signInWithPasskey: "Sign in with a passkey",
    userName: "Or choose the passkey that your browser offers here",
    noPasskey: "No passkey at hand?",
    otherDevice: "Your passkey is on a phone or a security key: press the button and choose another device in the browser's dialog.",
    lostPasskey: "It is lost, or you never enrolled one: ask an admin for an enrolment link. It works once, on the device where you open it.",
    thisAddress: "It was enrolled for another address: open Hourglass under the address that your admin gave you.",

    enrol: "Enrol a passkey",
    enrolAbout: "Your link works once. Create the passkey on the device that you will sign in with.",
    passkeyName: "A name for this passkey",
    passkeyNameHint: "Such as “work laptop”; you can change it later.",
    createPasskey: "Create the passkey",
    linkIncomplete: "The enrolment link is not complete",
    linkIncompleteHelp: "Open the whole link that you were given.",
  },
});
