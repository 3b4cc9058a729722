package pairing

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// proofHeader is the header of a proof (RFC 9449, section 4).
	proofHeader = "DPoP"
	proofType   = "dpop+jwt"
	// longestProof is some times more than one with a key on P-256.
	longestProof = 2048
	longestID    = 128
	// skew is how far the browser's clock may be off.
	skew = time.Minute
)

// refusal is an ErrProof that says, for the audit log, what was wrong.
type refusal struct{ cause string }

func (r *refusal) Error() string        { return ErrProof.Error() + ": " + r.cause }
func (r *refusal) Is(target error) bool { return target == ErrProof }

// What can be wrong with a proof. A clock that is off is nobody's attack, so that it is in no audit log.
var (
	errForged   = &refusal{"proof_forged"}
	errForeign  = &refusal{"proof_of_another_key"}
	errElse     = &refusal{"proof_for_another_request"}
	errReplayed = &refusal{"proof_replayed"}
	errClock    = fmt.Errorf("%w: its time is not now", ErrProof)
)

// proof is what a browser proved: that whoever made this request has the key.
type proof struct {
	key [32]byte // RFC 7638 thumbprint
	id  string
	at  time.Time
	ath string
}

type claims struct {
	ID     string   `json:"jti"`
	Method string   `json:"htm"`
	URL    string   `json:"htu"`
	At     *float64 `json:"iat"`
	Token  string   `json:"ath"`
}

// readProof checks a proof but for its key, its replay and its token (RFC 9449, section 4.3, steps 1 to 9 and 11).
func (s *Service) readProof(r *http.Request) (proof, error) {
	headers := r.Header.Values(proofHeader)
	if len(headers) != 1 || len(headers[0]) > longestProof {
		return proof{}, errForged
	}
	signed, err := jose.ParseSignedCompact(headers[0], []jose.SignatureAlgorithm{jose.ES256})
	if err != nil || len(signed.Signatures) != 1 {
		return proof{}, errForged
	}
	header := signed.Signatures[0].Protected
	if header.ExtraHeaders[jose.HeaderType] != proofType || header.JSONWebKey == nil {
		return proof{}, errForged
	}
	public, isEC := header.JSONWebKey.Key.(*ecdsa.PublicKey) // a private key is another type
	if !isEC || public.Curve != elliptic.P256() {
		return proof{}, errForged
	}
	payload, err := signed.Verify(public)
	if err != nil {
		return proof{}, errForged
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil || c.ID == "" || len(c.ID) > longestID || c.At == nil {
		return proof{}, errForged
	}
	if c.Method != r.Method || c.URL != s.origin+r.URL.EscapedPath() {
		return proof{}, errElse
	}
	if math.Abs(*c.At) > 1<<40 {
		return proof{}, errClock
	}
	at := time.UnixMicro(int64(*c.At * 1e6))
	if s.now().Sub(at).Abs() > skew {
		return proof{}, errClock
	}
	thumbprint, err := header.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		return proof{}, errForged
	}
	return proof{key: [32]byte(thumbprint), id: c.ID, at: at, ath: c.Token}, nil
}

// of checks that the proof is of a key.
func (p proof) of(key [32]byte) error {
	if subtle.ConstantTimeCompare(p.key[:], key[:]) != 1 {
		return errForeign
	}
	return nil
}

// with checks that the proof was made for an access token.
func (p proof) with(token string) error {
	hash := sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare([]byte(p.ath), []byte(base64.RawURLEncoding.EncodeToString(hash[:]))) != 1 {
		return errElse
	}
	return nil
}

// once refuses a proof that came before. Proofs are kept by all replicas together, for as long as their time is now.
func (s *Service) once(ctx context.Context, p proof) error {
	first, err := s.store.SeeProof(ctx, sha256.Sum256(append(p.key[:], p.id...)), p.at.Add(skew+time.Second))
	if err != nil {
		return fmt.Errorf("remembering a proof: %w", err)
	}
	if !first {
		return errReplayed
	}
	return nil
}
