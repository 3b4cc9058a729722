package entrasim

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// object is a JSON object on its way to or from the wire.
type object = map[string]any

// secretHash is a salted SHA-256: cheap on purpose, for what is kept here are the secrets of a stand-in.
type secretHash struct {
	Salt, Sum []byte
}

func hashSecret(secret string) secretHash {
	salt := make([]byte, 8)
	rand.Read(salt) // never fails
	return secretHash{Salt: salt, Sum: saltedSum(salt, secret)}
}

func saltedSum(salt []byte, secret string) []byte {
	sum := sha256.Sum256(append(append([]byte{}, salt...), secret...))
	return sum[:]
}

func (h secretHash) matches(secret string) bool {
	return len(h.Sum) > 0 && subtle.ConstantTimeCompare(h.Sum, saltedSum(h.Salt, secret)) == 1
}

func randomToken() string {
	raw := make([]byte, 24)
	rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func tokenSum(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// stamp writes an instant as Graph does, or null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.9999999Z")
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
