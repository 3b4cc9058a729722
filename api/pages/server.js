// What the pages ask of the server. Nothing that came from it is ever read as markup.

// Problem is a problem document (RFC 9457), or what takes its place when none came.
export class Problem extends Error {
  constructor(document, requestID) {
    super(document.title);
    this.document = document;
    this.requestID = requestID;
  }
  is(name) { return this.document.type === `/problems/${name}`; }
}

export async function call(method, path, body, headers = {}) {
  const options = { method, headers, cache: "no-store" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options).catch(() => {
    throw new Problem({ title: "Hourglass cannot be reached", detail: "Check your connection and try again." });
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({ title: "The answer cannot be read", detail: "Try again." }));
  if (response.ok) return answer;
  const problem = new Problem(answer, response.headers.get("X-Request-Id"));
  if (problem.is("sign-in-required") && document.body.dataset.page === "home") location.replace("/sign-in");
  throw problem;
}

// What the browser says when a ceremony fails is written for programmers.
const ceremonyProblems = {
  NotAllowedError: { title: "No passkey was used", detail: "It was cancelled, took too long, or this device has no passkey for Hourglass. Try again." },
  InvalidStateError: { title: "This device has your passkey already", detail: "Sign in with it, or open the link on another device." },
  SecurityError: { title: "Passkeys do not work at this address", detail: "Open Hourglass under the address that its operator gave you." },
};

function ceremonyProblem(error) {
  throw new Problem(ceremonyProblems[error.name] ?? { title: "The passkey could not be used", detail: "Try again, or use another browser." });
}

// withPasskey runs a ceremony: sign-in, assertion, or, where there is something to say before it, enrolment.
export async function withPasskey(ceremony, before, finish) {
  const parse = window.PublicKeyCredential;
  if (!parse?.parseRequestOptionsFromJSON) {
    throw new Problem({ title: "This browser is too old for passkeys", detail: "Update it, or use another one." });
  }
  const { publicKey } = await call("POST", `/api/v1/${ceremony}/begin`, before);
  const credential = await (before
    ? navigator.credentials.create({ publicKey: parse.parseCreationOptionsFromJSON(publicKey) })
    : navigator.credentials.get({ publicKey: parse.parseRequestOptionsFromJSON(publicKey) })).catch(ceremonyProblem);
  await call("POST", `/api/v1/${ceremony}/finish`, { ...finish, credential: credential.toJSON() });
}
