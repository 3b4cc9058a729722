// Package passkey is how people sign in to Hourglass: enrolment through a one-time link, sign-in with a
// discoverable passkey, a fresh assertion for what is delicate, and the sessions that these open.
//
// User verification and a discoverable credential are required everywhere; attestation is not asked for.
// Every ceremony is kept on the server, can be finished once, within five minutes, and only by the browser that
// holds its cookie. Tokens (enrolment links, ceremony and session cookies) are 32 random bytes each; the store
// knows their SHA-256 only, so that a reader of the database cannot sign in.
//
// # Cookies
//
// Both cookies have the __Host- prefix: Secure, no Domain, Path=/, so that no subdomain can set them. Both are
// HttpOnly and SameSite=Strict rather than Lax: no request that another site began ever carries them, not even a
// link. That costs nothing here, because the portal's pages need no session to load, and the calls that follow come
// from our own page. It has one consequence: where Microsoft sends an admin back after a consent, the address must be a
// page of the portal, which then calls the API, not an API route that expects a session.
// The session cookie has no lifetime of its own; the server's idle and absolute limits decide.
//
// # What an attacker learns
//
// Unknown people, suspended people and wrong passkeys get one and the same answer, ErrNotRecognised. A passkey whose
// signature counter went backwards exists twice: it is refused then and ever after (ErrNotRecognised as well; the error
// holds a *ClonedKey for the log and the audit).
//
// The package speaks net/http only, and knows neither routes nor the database: what it keeps goes through Store.
// Protection against cross-origin requests (http.CrossOriginProtection) is applied around the routes.
package passkey
