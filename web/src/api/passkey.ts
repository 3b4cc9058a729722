import createClient from "openapi-fetch";
import { Problem } from "./problem";
import { sendOnce } from "./transport";
import type { paths } from "./schema.gen";
import { texts } from "../texts/shell";

// Ceremonies are sent once: none of them may wait for another.
const api = createClient<paths>({ baseUrl: location.origin, fetch: (request) => sendOnce(request) });

// What the browser says when a ceremony fails is written for programmers.
const ceremonyProblems: Record<string, [title: string, detail: string]> = {
  NotAllowedError: [texts.noPasskeyUsed, texts.noPasskeyUsedHelp],
  InvalidStateError: [texts.passkeyKnown, texts.passkeyKnownHelp],
  SecurityError: [texts.wrongAddress, texts.wrongAddressHelp],
};

function explained(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const [title, detail] = ceremonyProblems[error instanceof DOMException ? error.name : ""] ?? [texts.passkeyFailed, texts.passkeyFailedHelp];
  return new Problem({ title, detail });
}

function passkeys(): typeof PublicKeyCredential {
  const known = (window as { PublicKeyCredential?: typeof PublicKeyCredential }).PublicKeyCredential;
  if (!known || !("parseRequestOptionsFromJSON" in known)) throw new Problem({ title: texts.oldBrowser, detail: texts.oldBrowserHelp });
  return known;
}

type Options = { publicKey: Record<string, never> };
type Answer = Record<string, never>;

async function assert(options: Options, more: CredentialRequestOptions = {}): Promise<Answer> {
  const publicKey = passkeys().parseRequestOptionsFromJSON(options.publicKey as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = await navigator.credentials.get({ ...more, publicKey }) as PublicKeyCredential;
  return credential.toJSON() as Answer;
}

/** Makes a new passkey with the options that the server gave. */
export async function create(options: Options): Promise<Answer> {
  const publicKey = passkeys().parseCreationOptionsFromJSON(options.publicKey as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = await navigator.credentials.create({ publicKey }).catch((error: unknown) => { throw explained(error); });
  return (credential as PublicKeyCredential).toJSON() as Answer;
}

// The browser runs one ceremony at a time; one that waits in the background gives way.
let waiting: AbortController | undefined;

/** Signs in with the passkey that the person chooses. */
export async function signIn() {
  waiting?.abort();
  passkeys();
  const { data } = await api.POST("/api/v1/sign-in/begin");
  const credential = await assert(data!).catch((error: unknown) => { throw explained(error); });
  await api.POST("/api/v1/sign-in/finish", { body: { credential } });
}

const renewed = 4 * 60_000; // ms; the server forgets a ceremony after five minutes

/** Whether the browser offers passkeys in the autofill of a field. */
export async function hasAutofill(): Promise<boolean> {
  return await (window as { PublicKeyCredential?: typeof PublicKeyCredential }).PublicKeyCredential?.isConditionalMediationAvailable?.() ?? false;
}

/**
 * Waits until the person chooses a passkey that the browser offers in the autofill of a field, and signs in with it.
 * Resolves to false where the browser cannot, or when it was stopped.
 */
export async function signInByAutofill(stop: AbortSignal): Promise<boolean> {
  while (!stop.aborted) {
    waiting = new AbortController();
    const signal = AbortSignal.any([stop, waiting.signal, AbortSignal.timeout(renewed)]);
    const { data } = await api.POST("/api/v1/sign-in/begin", { signal: stop });
    // Nobody asked for anything yet: whatever the browser refuses here is no problem of theirs.
    const credential = await assert(data!, { mediation: "conditional", signal }).catch(() => null);
    if (credential) {
      await api.POST("/api/v1/sign-in/finish", { body: { credential } });
      return true;
    }
    if (!signal.aborted || waiting.signal.aborted) return false; // it refused, or the button was pressed
  }
  return false;
}

/** Makes a fresh assertion inside the session: the key to what the server guards most. */
export async function confirmWithPasskey() {
  const { data } = await api.POST("/api/v1/assertion/begin");
  const credential = await assert(data!).catch((error: unknown) => { throw explained(error); });
  await api.POST("/api/v1/assertion/finish", { body: { credential } });
}

/** Enrols a passkey with a one-time link's token; whoever does is signed in. */
export async function enrol(token: string, name: string) {
  passkeys();
  const { data } = await api.POST("/api/v1/enrolment/begin", { body: { token } });
  await api.POST("/api/v1/enrolment/finish", { body: { token, name, credential: await create(data!) } });
}
