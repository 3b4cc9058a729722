package passkey

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// Store is what passkeys need to be remembered. *store.Store is one; its comments are the contract. In particular it
// returns no enrolment, ceremony or session beyond its ExpiresAt, and gives each of the first two to one caller only.
type Store interface {
	Person(ctx context.Context, id access.PersonID) (store.Person, error)

	AddEnrolment(ctx context.Context, e store.Enrolment, by store.Actor) error
	Enrolment(ctx context.Context, tokenHash [32]byte) (store.Enrolment, error)
	Enrol(ctx context.Context, tokenHash [32]byte, k store.Passkey) error

	AddPasskey(ctx context.Context, k store.Passkey) error
	Passkeys(ctx context.Context, p access.PersonID) ([]store.Passkey, error)
	UsePasskey(ctx context.Context, credentialID []byte, at time.Time, judge store.Judge) error

	AddCeremony(ctx context.Context, c store.Ceremony) error
	TakeCeremony(ctx context.Context, id [32]byte, kind string) (store.Ceremony, error)

	AddSession(ctx context.Context, se store.Session) error
	Session(ctx context.Context, id [32]byte) (store.Session, error)
	TouchSession(ctx context.Context, id [32]byte, seen time.Time) error
	AssertSession(ctx context.Context, id [32]byte, at time.Time) error
	EndSession(ctx context.Context, id [32]byte) error
	EndSessions(ctx context.Context, p access.PersonID) (int, error)
}

// Config says for whom and how long. Durations that are zero take the value in brackets.
type Config struct {
	// RPID and Origins come from RelyingParty(public URL).
	RPID    string
	Origins []string
	// DisplayName is what the authenticator shows ("Hourglass").
	DisplayName string
	// SessionIdle ends a session that was not used for so long (30 minutes).
	SessionIdle time.Duration
	// SessionAbsolute ends every session after its sign-in (12 hours).
	SessionAbsolute time.Duration
	// EnrolmentTTL is how long a link can be used (24 hours).
	EnrolmentTTL time.Duration
	// AssertionFresh is how long an assertion counts as fresh (60 seconds).
	AssertionFresh time.Duration
	// Clock and Rand are time.Now and crypto/rand.Reader unless a test owns them.
	Clock func() time.Time
	Rand  io.Reader
}

// Service runs the ceremonies and the sessions. It is safe for concurrent use.
type Service struct {
	config   Config
	store    Store
	webauthn *webauthn.WebAuthn
}

// New refuses, with access.ErrInvalid, origins that are not within the relying party and impossible durations.
func New(config Config, s Store) (*Service, error) {
	config.DisplayName = cmp.Or(config.DisplayName, "Hourglass")
	config.SessionIdle = cmp.Or(config.SessionIdle, 30*time.Minute)
	config.SessionAbsolute = cmp.Or(config.SessionAbsolute, 12*time.Hour)
	config.EnrolmentTTL = cmp.Or(config.EnrolmentTTL, 24*time.Hour)
	config.AssertionFresh = cmp.Or(config.AssertionFresh, time.Minute)
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Rand == nil {
		config.Rand = rand.Reader
	}
	if min(config.SessionIdle, config.SessionAbsolute, config.EnrolmentTTL, config.AssertionFresh) < 0 || config.SessionIdle > config.SessionAbsolute {
		return nil, fmt.Errorf("%w: session and enrolment durations are positive, and idle is at most absolute", access.ErrInvalid)
	}
	if err := checkOrigins(config.RPID, config.Origins); err != nil {
		return nil, err
	}

	timeout := webauthn.TimeoutConfig{Timeout: ceremonyTTL} // told to the browser; enforced by ceremony.go with our clock
	party, err := webauthn.New(&webauthn.Config{
		RPID:                  config.RPID,
		RPDisplayName:         config.DisplayName,
		RPOrigins:             config.Origins,
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification:   protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: relying party: %w", access.ErrInvalid, err)
	}
	return &Service{config: config, store: s, webauthn: party}, nil
}
