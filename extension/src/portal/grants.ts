import { memory } from "../memory";
import { api, body } from "./client";
import type { components } from "./schema.gen";
import { Trouble } from "./trouble";

export type Grant = components["schemas"]["ExtensionGrant"];
export type Customer = components["schemas"]["ExtensionCustomer"];

/** What the portal said last. */
export type Seen = {
  sequence: number;
  grants: Grant[];
  customers: Customer[];
  /** By how much the server's clock is ahead of this one, in ms. */
  ahead: number;
  /** Whether the last question went unanswered. */
  lost: boolean;
};

/** Asks for the present state. */
export async function refreshGrants(): Promise<void> {
  await take(async () => {
    const server = await api();
    const [grants, access] = await Promise.all([body(server.GET("/api/v1/extension/grants")), body(server.GET("/api/v1/extension/access"))]);
    return { ...grants, customers: access.customers };
  });
}

/** Waits, for 25 seconds at most, until something is different. */
export async function awaitChange(): Promise<void> {
  const since = (await memory.get("seen"))?.sequence ?? 0;
  await take(async () => body((await api()).GET("/api/v1/extension/wait", { params: { query: { since } } })));
}

type Answer = components["schemas"]["ExtensionGrants"] & { customers?: Customer[] };

async function take(ask: () => Promise<Answer>): Promise<void> {
  try {
    const { sequence, grants, server_time, customers } = await ask();
    const difference = Date.parse(server_time) - Date.now();
    const before = await memory.get("seen");
    await memory.set("seen", {
      sequence, grants, customers: customers ?? before?.customers ?? [], lost: false,
      ahead: Math.abs(difference) < 2000 ? 0 : difference,
    });
  } catch (thrown) {
    const before = await memory.get("seen");
    if (before && Trouble.of(thrown).kind !== "unpaired") await memory.set("seen", { ...before, lost: true });
    throw thrown;
  }
}

/** Whether access is there: active, and not past its end. */
export function isLive(grant: Grant | undefined, now: number): grant is Grant & { expires_at: string } {
  return grant?.state === "active" && grant.expires_at !== undefined && Date.parse(grant.expires_at) > now;
}

/** Whether the end is so near that one has to be told. */
export const isNearEnd = (grant: Grant, now: number) => grant.warn_at !== undefined && Date.parse(grant.warn_at) <= now;

/** The present by the server's clock, in ms. */
export const serverNow = (seen: Pick<Seen, "ahead"> | undefined) => Date.now() + (seen?.ahead ?? 0);
