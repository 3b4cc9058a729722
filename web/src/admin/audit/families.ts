import { texts } from "../../texts/audit";

/** The kinds of records that can be asked for. */
export const families = [
  ["grant", texts.family_grant], ["credential", texts.family_credential], ["account", texts.family_account], ["session", texts.family_session],
  ["passkey", texts.family_passkey], ["enrolment", texts.family_enrolment], ["person", texts.family_person], ["team", texts.family_team],
  ["entitlement", texts.family_entitlement], ["profile", texts.family_profile], ["customer", texts.family_customer],
  ["connection", texts.family_connection], ["app_key", texts.family_app_key], ["app_role", texts.family_app_role],
  ["preflight", texts.family_preflight], ["finding", texts.family_finding], ["drill", texts.family_drill], ["drills", texts.family_drills],
  ["pairing", texts.family_pairing], ["browser", texts.family_browser], ["launch", texts.family_launch], ["fill", texts.family_fill],
  ["list", texts.family_list], ["workflows", texts.family_workflows],
] as const;
