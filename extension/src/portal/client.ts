import createClient, { type Client } from "openapi-fetch";
import { isGone, refresh, sendWithProof, type Tokens } from "../pairing/oauth";
import { dropPairing, keepPairing, pairing, type Pairing } from "../pairing/vault";
import { locked, memory } from "../memory";
import type { paths } from "./schema.gen";
import { Trouble } from "./trouble";

/** The portal's API, typed by its document. What is not a success is thrown as a Trouble. */
export async function api(): Promise<Client<paths>> {
  const { portal } = await paired();
  return createClient<paths>({ baseUrl: portal, fetch: send });
}

/** The body of an answer that has one. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

async function paired(): Promise<Pairing> {
  const mine = await pairing();
  if (!mine) throw new Trouble("unpaired");
  return mine;
}

async function send(request: Request): Promise<Response> {
  for (const last of [false, true]) {
    const { portal, keys } = await paired();
    const token = await accessToken();
    const response = await sendWithProof(portal, keys, token, request).catch(() => { throw new Trouble("unreachable"); });
    if (response.ok) return response;
    const trouble = await Trouble.from(response);
    // A proof is refused when the clocks differ: the answer's Date has put that right.
    if (trouble.kind === "token-refused") await memory.drop("tokens");
    else if (trouble.kind !== "proof-refused") throw trouble;
    if (last) throw trouble;
  }
  throw new Trouble("refused"); // not reached: the second round returns or throws
}

/** One refresh at a time: a refresh token that is used twice would end the pairing. */
function accessToken(): Promise<string> {
  return locked("tokens", async () => {
    const known = await memory.get("tokens");
    if (known && known.until - Date.now() > 30_000) return known.access;
    const mine = await paired();
    const fresh = await refresh(mine.portal, mine.keys, mine.refreshToken).catch(async (refusal: unknown) => {
      if (!isGone(refusal)) throw new Trouble("unreachable");
      await forget();
      throw new Trouble("unpaired");
    });
    await keepTokens(mine, fresh);
    return fresh.access;
  });
}

/** Keeps what the next start needs; the access token only while the browser runs. */
export async function keepTokens(mine: Omit<Pairing, "refreshToken">, tokens: Tokens): Promise<void> {
  await keepPairing({ ...mine, refreshToken: tokens.refresh });
  await memory.set("tokens", { access: tokens.access, until: tokens.until });
}

/** Forgets the pairing with everything that came by it. */
export async function forget(): Promise<void> {
  await dropPairing();
  await memory.drop("tokens", "seen");
}
