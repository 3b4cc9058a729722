// The browser extension as the server meets it, without a browser: keys, proofs and tokens (RFC 7636, RFC 9449).

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { addresses } from "./stage.ts";

/** The redirect address of the build that extension/ makes for Chrome and Edge. */
export const redirect = "https://fpdhfjlgiaikedijghaphjaoekbdaaaj.chromiumapp.org/";

const encode = (bytes: Buffer | ArrayBuffer | string) => Buffer.from(bytes as Buffer).toString("base64url");
const hash = (text: string) => encode(createHash("sha256").update(text).digest());

export class Paired {
  private access = "";
  private readonly verifier = encode(randomBytes(32));

  private constructor(private readonly keys: CryptoKeyPair, private readonly jwk: JsonWebKey) {}

  static async fresh(): Promise<Paired> {
    const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
    return new Paired(keys, { crv, kty, x, y });
  }

  /** Where the extension sends its person. */
  page(name: string, redirectURI = redirect): string {
    return `${addresses.portal}/pair?${new URLSearchParams({
      response_type: "code", client_id: "hourglass-extension", redirect_uri: redirectURI, state: "s-1", code_challenge: hash(this.verifier),
      code_challenge_method: "S256", dpop_jkt: hash(JSON.stringify(this.jwk)), name,
    })}`;
  }

  private async proof(method: string, path: string, token?: string): Promise<string> {
    const claims = {
      htm: method, htu: addresses.portal + path.split("?")[0], iat: Math.floor(Date.now() / 1000), jti: randomUUID(), ...(token && { ath: hash(token) }),
    };
    const signed = `${encode(JSON.stringify({ typ: "dpop+jwt", alg: "ES256", jwk: this.jwk }))}.${encode(JSON.stringify(claims))}`;
    return `${signed}.${encode(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, this.keys.privateKey, Buffer.from(signed)))}`;
  }

  /** Fetches the tokens for the code with which the browser came back. */
  async exchange(code: string) {
    const path = "/api/v1/oauth/token";
    const answer = await fetch(addresses.portal + path, {
      method: "POST", headers: { DPoP: await this.proof("POST", path) },
      body: new URLSearchParams({ grant_type: "authorization_code", client_id: "hourglass-extension", code, redirect_uri: redirect, code_verifier: this.verifier }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    this.access = ((await answer.json()) as { access_token: string }).access_token;
  }

  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; said: any }> {
    const answer = await fetch(addresses.portal + path, {
      method, headers: { Authorization: `DPoP ${this.access}`, DPoP: await this.proof(method, path, this.access), "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, said: await answer.json().catch(() => undefined) };
  }
}
