// Package bearer makes and reads the random words that prove something by being known: the values of cookies, links, codes,
// tokens and tickets. Only their hashes are kept. It knows nothing of what they prove.
package bearer

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"hourglass/internal/access"
)

const tokenBytes = 32

var (
	encoding = base64.RawURLEncoding
	length   = encoding.EncodedLen(tokenBytes)
)

// ErrMalformed: what came from outside cannot be a token of ours.
var ErrMalformed = errors.New("not a token")

// New draws a token; only its hash is kept.
func New(random io.Reader) (token access.Secret, hash [32]byte, err error) {
	raw := make([]byte, tokenBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return access.Secret{}, hash, fmt.Errorf("drawing a token: %w", err)
	}
	return access.NewSecret(encoding.EncodeToString(raw)), sha256.Sum256(raw), nil
}

// Hash reads a token that came from outside. A plain hash suffices: 256 random bits cannot be guessed from it.
func Hash(token string) (hash [32]byte, err error) {
	if len(token) != length {
		return hash, ErrMalformed
	}
	raw, err := encoding.DecodeString(token)
	if err != nil || len(raw) != tokenBytes {
		return hash, ErrMalformed
	}
	return sha256.Sum256(raw), nil
}
