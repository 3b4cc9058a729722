package passkey

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hourglass/internal/access"
)

// BeginSignIn starts a sign-in with whichever passkey the browser offers. The same options serve a button and
// conditional mediation (the passkey in the autofill of a field).
func (s *Service) BeginSignIn(ctx context.Context) (Begun, error) {
	options, data, err := s.webauthn.BeginDiscoverableLogin()
	if err != nil {
		return Begun{}, fmt.Errorf("beginning a sign-in: %w", err)
	}
	return s.begin(ctx, kindSignIn, access.PersonID{}, [32]byte{}, options, data)
}

// FinishSignIn opens a session, always under a new cookie value. Errors: ErrCeremonyOver, ErrNotRecognised.
func (s *Service) FinishSignIn(ctx context.Context, answer Answer) (SignedIn, error) {
	data, err := s.take(ctx, answer, kindSignIn, [32]byte{})
	if err != nil {
		return SignedIn{}, err
	}
	parsed, err := parseAssertion(answer)
	if err != nil {
		return SignedIn{}, err
	}
	var id access.PersonID
	if err := id.UnmarshalText(parsed.Response.UserHandle); err != nil || id.IsZero() {
		return SignedIn{}, fmt.Errorf("%w: the user handle is none of ours", ErrNotRecognised)
	}
	u, err := s.user(ctx, id)
	switch {
	case errors.Is(err, access.ErrNotFound):
		return SignedIn{}, fmt.Errorf("%w: unknown person", ErrNotRecognised)
	case err != nil:
		return SignedIn{}, err
	}
	theUser := func(_, _ []byte) (webauthn.User, error) { return u, nil }
	_, credential, err := s.webauthn.ValidatePasskeyLogin(theUser, data, parsed)
	if err != nil {
		return SignedIn{}, fmt.Errorf("%w: %w", ErrNotRecognised, err)
	}
	if err := s.used(ctx, u, credential, parsed); err != nil {
		return SignedIn{}, err
	}
	if u.person.Suspended {
		return SignedIn{}, fmt.Errorf("%w: person %s is suspended", ErrNotRecognised, u.person.ID)
	}
	return s.open(ctx, u.person, credential.ID, answer.UserAgent)
}

func parseAssertion(answer Answer) (*protocol.ParsedCredentialAssertionData, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer.Credential)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRecognised, err)
	}
	return parsed, nil
}
