// What a browser cannot do: asked of the stage (stage/control.go) and of the stand-in for Microsoft.

import type { BrowserContext } from "@playwright/test";

export type Addresses = Record<"portal" | "signIn" | "adminCentre" | "microsoft" | "stage" | "temporalUI" | "logs", string>;

export const addresses: Addresses = JSON.parse(process.env.HOURGLASS_STAGE ?? "{}");

export async function ask<T>(method: string, url: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : (undefined as T);
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
export const hourglass = (...args: string[]) => hourglassAt(addresses, ...args);

/** The same at another installation. */
export async function hourglassAt({ stage }: Addresses, ...args: string[]): Promise<string> {
  return (await ask<{ said: string }>("POST", `${stage}/hourglass`, { args })).said;
}

/** Lets the session go unused and unconfirmed for so many minutes. */
export async function age(context: BrowserContext, minutes: number) {
  const cookie = (await context.cookies(addresses.portal)).find(({ name }) => name === "__Host-hourglass");
  await ask("POST", `${addresses.stage}/sessions`, { token: cookie!.value, minutes });
}

/** Kills the product as a crash would, or starts it again and waits until it is ready. */
export const product = (what: "kill" | "start") => ask<object>("POST", `${addresses.stage}/product`, { do: what });

/** What the stand-in does to requests that match: see Fault in internal/entrasim. */
type Fault = { tenant: string; kind: "refuse" | "delay"; status?: number; delay?: string; method?: string; path?: string };

/** Disturbs Microsoft until the function that it returns is called. */
export async function disturb(fault: Fault): Promise<() => Promise<void>> {
  const { id } = await ask<{ id: string }>("POST", `${addresses.microsoft}/faults`, fault);
  return () => ask("DELETE", `${addresses.microsoft}/faults/${id}`);
}

/** Switches the tenant's Temporary Access Passes off. */
export const allowNoPass = (tenant: string) => ask<object>("PATCH", `${addresses.microsoft}/tenants/${tenant}`, { tapPolicy: { enabled: false } });

/** The account as Microsoft has it now. */
export type Account = { id: string; accountEnabled: boolean; roles: unknown[]; methods: unknown[] };
export const account = (tenant: string, userName: string) => ask<Account>("GET", `${addresses.microsoft}/tenants/${tenant}/users/${userName}`);

/** Fills the installation with 1,000 customers, 500 people and 100,000 grants, of which 200 are live. */
export const fill = () => ask<object>("POST", `${addresses.stage}/fill`, {});

/** How long Microsoft's answers for a tenant took in all, in ms, between two instants in ms. */
export async function microsoftTook(tenant: string, from: number, to: number): Promise<number> {
  const asked = await ask<{ at: string; tenant: string; took: number }[]>("GET", `${addresses.microsoft}/requests`);
  const within = asked.filter((r) => r.tenant === tenant && Date.parse(r.at) >= from && Date.parse(r.at) <= to);
  return Math.round(within.reduce((sum, { took }) => sum + took, 0) / 1e6);
}
