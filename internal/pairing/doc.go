// Package pairing lets the browser extension act for a person: a pairing is confirmed in the portal, and the extension gets
// tokens by OAuth's authorization code with PKCE (RFC 6749, 7636), bound to a key of its own by proofs of possession
// (DPoP, RFC 9449).
//
// Tokens are random words of which the store keeps hashes, so that removing a browser, or suspending its person, counts with
// the next request. The package knows nothing of grants, nor of what a paired browser may do.
package pairing
