const places: Readonly<Record<string, "connection" | "settings">> = {
  consent_gone: "connection",
  permission_missing: "connection",
  credential_expired: "connection",
  credential_refused: "connection",
  credential_expiring: "connection",
  tenant_gone: "connection",
  account_domain_missing: "settings",
  account_domain_federated: "settings",
};

/** The tab of the customer on which something found can be mended; the rest is mended at Microsoft. */
export const placeOf = (code: string) => places[code];
