package pairing

import "errors"

var (
	// ErrUnknownExtension: the request to pair is of no extension that this server knows.
	ErrUnknownExtension = errors.New("unknown extension")
	// ErrToken: the access token is unknown, too old, or its browser no longer paired.
	ErrToken = errors.New("access token refused")
	// ErrGrant: the code or refresh token is refused.
	ErrGrant = errors.New("code or refresh token refused")
	// ErrProof: the proof of possession is refused.
	ErrProof = errors.New("proof of possession refused")
)
