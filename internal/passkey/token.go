package passkey

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
	tokenEncoding = base64.RawURLEncoding
	tokenLength   = tokenEncoding.EncodedLen(tokenBytes)

	errToken = errors.New("not a token")
)

// newToken draws a bearer token; only its hash is kept.
func (s *Service) newToken() (token access.Secret, hash [32]byte, err error) {
	raw := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.config.Rand, raw); err != nil {
		return access.Secret{}, hash, fmt.Errorf("drawing a token: %w", err)
	}
	return access.NewSecret(tokenEncoding.EncodeToString(raw)), sha256.Sum256(raw), nil
}

// hashToken reads a token that came from outside. A plain hash suffices: 256 random bits cannot be guessed from it.
func hashToken(token string) (hash [32]byte, err error) {
	if len(token) != tokenLength {
		return hash, errToken
	}
	raw, err := tokenEncoding.DecodeString(token)
	if err != nil || len(raw) != tokenBytes {
		return hash, errToken
	}
	return sha256.Sum256(raw), nil
}
