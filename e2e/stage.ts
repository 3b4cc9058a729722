// What a browser cannot do: asked of the stage (stage/control.go) and of the stand-in for Microsoft.

type Addresses = Record<"portal" | "signIn" | "adminCentre" | "microsoft" | "stage" | "logs", string>;

export const addresses: Addresses = JSON.parse(process.env.HOURGLASS_STAGE ?? "{}");

async function ask<T>(method: string, url: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

export type Role = "admin" | "approver" | "technician" | "auditor";
export type Person = { name: string; handle: string; roles: Role[]; may: { profile: string; customer?: string }[] };

/** Adds somebody and returns the link with which they enrol a passkey. */
export async function addPerson(person: Person): Promise<string> {
  return (await ask<{ link: string }>("POST", `${addresses.stage}/people`, person)).link;
}

/** Adds a customer with a tenant of its own and returns the tenant's id. */
export async function addCustomer(name: string, domain: string): Promise<string> {
  return (await ask<{ tenant: string }>("POST", `${addresses.stage}/customers`, { name, domain })).tenant;
}

/** Runs one of the product's commands and returns what it printed. */
export async function hourglass(...args: string[]): Promise<string> {
  return (await ask<{ said: string }>("POST", `${addresses.stage}/hourglass`, { args })).said;
}

/** Kills the product as a crash would, or starts it again and waits until it is ready. */
export const product = (what: "kill" | "start") => ask<object>("POST", `${addresses.stage}/product`, { do: what });

/** Makes Microsoft refuse what matches, until the function that it returns is called. */
export async function refuse(tenant: string, method: string, path: string): Promise<() => Promise<void>> {
  const { id } = await ask<{ id: string }>("POST", `${addresses.microsoft}/faults`, { kind: "refuse", status: 503, tenant, method, path });
  return () => ask("DELETE", `${addresses.microsoft}/faults/${id}`);
}

/** Delays every answer of Microsoft Graph. */
export const latency = (graph: string) => ask<void>("PUT", `${addresses.microsoft}/latency`, { graph });

/** Every user name that the tenant's audit log names, as a customer's admin would see it. */
export async function auditRows(tenant: string): Promise<string> {
  return JSON.stringify(await ask("GET", `${addresses.microsoft}/tenants/${tenant}/audits`));
}
