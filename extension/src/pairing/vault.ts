import { createStore, del, get, set } from "idb-keyval";

/**
 * What makes this browser a paired one. The key's private half cannot be read out, not even by the extension: a copy of the
 * refresh token is worthless without this browser (RFC 9449).
 */
export type Pairing = {
  readonly portal: string;
  readonly keys: CryptoKeyPair;
  readonly refreshToken: string;
  readonly person: string;
  readonly browser: string;
};

const store = createStore("hourglass", "pairing");
const name = "pairing";

export const pairing = (): Promise<Pairing | undefined> => get<Pairing>(name, store);
export const keepPairing = (kept: Pairing): Promise<void> => set(name, kept, store);
export const dropPairing = (): Promise<void> => del(name, store);
