import { texts } from "../../texts/audit";

/** The kinds of records that can be asked for. */
export const families = [
  ["grant", texts.family_grant], ["credential", texts.family_credential], ["account", texts.family_account], ["session", texts.family_session],
  ["passkey", texts.family_passkey], ["enrolment", texts.family_enrolment], ["person", texts.family_person], ["team", texts.family_team],
  ["entitlement", texts.family_entitlement], ["profile", texts.family_profile], ["customer", texts.family_customer],
  ["browser", texts.family_browser], ["launch", texts.family_launch],
  ["connection", texts.family_connection], ["list", texts.family_list],
] as const;
