import { inLanguage } from "./say";

/** How the states and ends of a grant are called, everywhere. */
export const texts = inLanguage({
  en: {
    requested: "Requested",
    awaiting_approval: "Waiting for approval",
    provisioning: "Being set up",
    active: "Active",
    ending: "NOT OFF",
    ended: "Off",
    expired: "Ended on time",
    returned: "Returned",
    revoked: "Revoked",
    denied: "Denied",
    withdrawn: "Withdrawn",
    failed: "Could not be set up",
  },
});
