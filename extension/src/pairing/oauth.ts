import * as oauth from "oauth4webapi";

/** Tokens as the portal's API gives them. */
export type Tokens = { readonly access: string; readonly refresh: string; readonly until: number };

const authentication = oauth.None(); // a public client: what counts is the key

/** Seconds by which the server's clock is ahead of this one. */
let skew = 0;

/** Takes the server's time from an answer; its Date header has whole seconds. */
export function noteServerTime(response: Response): void {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  const ahead = (date - Date.now()) / 1000;
  skew = Math.abs(ahead) < 2 ? 0 : Math.round(ahead);
}

const client = (): oauth.Client => ({ client_id: "hourglass-extension", [oauth.clockSkew]: skew });

function server(portal: string): oauth.AuthorizationServer {
  return { issuer: portal, authorization_endpoint: `${portal}/pair`, token_endpoint: `${portal}/api/v1/oauth/token` };
}

type Sent = oauth.CustomFetchOptions<string, oauth.ProtectedResourceRequestBody>;

/** How everything is sent: no cookie goes along, nothing is kept, and without TLS to this machine alone. */
function transport(portal: string) {
  return {
    [oauth.customFetch]: async (url: string, { method, headers, body, signal, redirect }: Sent) => {
      const response = await fetch(url, { method, headers, body: body as BodyInit, signal, redirect, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" });
      noteServerTime(response);
      return response;
    },
    [oauth.allowInsecureRequests]: new URL(portal).hostname === "localhost",
  };
}

const tokens = (answer: oauth.TokenEndpointResponse): Tokens => ({
  access: answer.access_token, refresh: answer.refresh_token ?? "", until: Date.now() + (answer.expires_in ?? 0) * 1000,
});

/** An authorization that the person is asked for in the portal. */
export type Authorization = { readonly address: string; readonly keys: CryptoKeyPair; finish: (returned: string) => Promise<Tokens> };

/** Prepares the code flow with PKCE and a new key (RFC 6749, 7636, 9449); finish takes the address that the portal sent the browser to. */
export async function authorization(portal: string, redirect: string, name: string): Promise<Authorization> {
  const keys = await oauth.generateKeyPair("ES256", { extractable: false });
  const proof = oauth.DPoP(client(), keys);
  const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState();
  const address = new URL(`${portal}/pair`);
  address.search = new URLSearchParams({
    response_type: "code", client_id: client().client_id, redirect_uri: redirect, state, name,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
    dpop_jkt: await proof.calculateThumbprint(),
  }).toString();
  return {
    address: address.toString(), keys,
    finish: async (returned) => {
      const as = server(portal), me = client();
      const parameters = oauth.validateAuthResponse(as, me, new URL(returned), state);
      const response = await oauth.authorizationCodeGrantRequest(as, me, authentication, parameters, redirect, verifier, { DPoP: oauth.DPoP(me, keys), ...transport(portal) });
      return tokens(await oauth.processAuthorizationCodeResponse(as, me, response));
    },
  };
}

/** Changes a refresh token for new tokens. A refusal for good is an oauth.ResponseBodyError with `invalid_grant`. */
export async function refresh(portal: string, keys: CryptoKeyPair, refreshToken: string): Promise<Tokens> {
  const as = server(portal), me = client();
  const response = await oauth.refreshTokenGrantRequest(as, me, authentication, refreshToken, { DPoP: oauth.DPoP(me, keys), ...transport(portal) });
  return tokens(await oauth.processRefreshTokenResponse(as, me, response));
}

/** Sends with the token and a proof of the key. Answers of any status come back. */
export async function sendWithProof(portal: string, keys: CryptoKeyPair, accessToken: string, request: Request): Promise<Response> {
  const body = request.method === "GET" ? null : await request.clone().text();
  const headers = new Headers(request.headers);
  try {
    return await oauth.protectedResourceRequest(accessToken, request.method, new URL(request.url), headers, body, { DPoP: oauth.DPoP(client(), keys), ...transport(portal) });
  } catch (refusal) {
    if (refusal instanceof oauth.WWWAuthenticateChallengeError) return refusal.response;
    throw refusal;
  }
}

/** Whether a refusal means that the pairing is gone. */
export const isGone = (refusal: unknown) => refusal instanceof oauth.ResponseBodyError && refusal.error === "invalid_grant";
/** Whether the person declined in the portal. */
export const isDeclined = (refusal: unknown) => refusal instanceof oauth.AuthorizationResponseError && refusal.error === "access_denied";
