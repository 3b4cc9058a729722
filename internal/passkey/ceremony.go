package passkey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"hourglass/internal/access"
	"hourglass/internal/bearer"
	"hourglass/internal/store"
)

const (
	ceremonyTTL = 5 * time.Minute
	// longestAnswer is far beyond what an authenticator sends without attestation.
	longestAnswer = 64 << 10
)

// The kinds of ceremonies; one cannot be finished as another.
const (
	kindEnrolment = "enrolment"
	kindAddition  = "addition"
	kindSignIn    = "sign-in"
	kindAssertion = "assertion"
)

// Begun is a ceremony that waits for the browser.
type Begun struct {
	// Options go to navigator.credentials as they are: {"publicKey": …}, binary values in base64url.
	Options json.RawMessage
	// Token goes into CeremonyCookie.
	Token access.Secret
}

// Answer is what the browser sent to finish a ceremony.
type Answer struct {
	// Ceremony is the value of the ceremony cookie.
	Ceremony string
	// Credential is the JSON form of the PublicKeyCredential (its toJSON()).
	Credential []byte
	UserAgent  string
}

// AnswerOf takes the cookie and the user agent from a request whose body held, somewhere, the credential.
func AnswerOf(r *http.Request, credential []byte) Answer {
	return Answer{Ceremony: cookieValue(r, CeremonyCookieName), Credential: credential, UserAgent: r.UserAgent()}
}

// pending is what the store keeps of a ceremony.
type pending struct {
	WebAuthn webauthn.SessionData `json:"webauthn"`
	// Bound is the hash of the enrolment link or the id of the session that the ceremony was begun for, and so for whom;
	// zero for a sign-in.
	Bound [32]byte `json:"bound"`
}

func (s *Service) begin(ctx context.Context, kind string, person access.PersonID, bound [32]byte, options any, data *webauthn.SessionData) (Begun, error) {
	token, id, err := bearer.New(s.config.Rand)
	if err != nil {
		return Begun{}, err
	}
	kept, err := json.Marshal(pending{WebAuthn: *data, Bound: bound})
	if err != nil {
		return Begun{}, fmt.Errorf("encoding a ceremony: %w", err)
	}
	sent, err := json.Marshal(options)
	if err != nil {
		return Begun{}, fmt.Errorf("encoding a ceremony's options: %w", err)
	}
	err = s.store.AddCeremony(ctx, store.Ceremony{
		ID: id, Kind: kind, PersonID: person, Data: kept, ExpiresAt: s.config.Clock().Add(ceremonyTTL),
	})
	if err != nil {
		return Begun{}, fmt.Errorf("keeping a ceremony: %w", err)
	}
	return Begun{Options: sent, Token: token}, nil
}

// take uses a ceremony up, and checks that it was begun as kind and for what it is bound to. The store hands out none that has expired.
func (s *Service) take(ctx context.Context, answer Answer, kind string, bound [32]byte) (webauthn.SessionData, error) {
	if len(answer.Credential) > longestAnswer {
		return webauthn.SessionData{}, fmt.Errorf("%w: the answer is too long", ErrNotRecognised)
	}
	id, err := bearer.Hash(answer.Ceremony)
	if err != nil {
		return webauthn.SessionData{}, ErrCeremonyOver
	}
	kept, err := s.store.TakeCeremony(ctx, id, kind)
	switch {
	case errors.Is(err, access.ErrNotFound):
		return webauthn.SessionData{}, ErrCeremonyOver
	case err != nil:
		return webauthn.SessionData{}, fmt.Errorf("taking a ceremony: %w", err)
	}
	var begun pending
	if err := json.Unmarshal(kept.Data, &begun); err != nil {
		return webauthn.SessionData{}, fmt.Errorf("decoding a ceremony: %w", err)
	}
	if begun.Bound != bound {
		return webauthn.SessionData{}, ErrCeremonyOver
	}
	return begun.WebAuthn, nil
}
