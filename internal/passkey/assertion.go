package passkey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// BeginAssertion asks whoever is signed in for their passkey once more, before something delicate.
// Errors: ErrNoSession where the person is gone, suspended or has no passkey.
func (s *Service) BeginAssertion(ctx context.Context, session store.Session) (Begun, error) {
	u, err := s.signedIn(ctx, session)
	if err != nil {
		return Begun{}, err
	}
	options, data, err := s.webauthn.BeginLogin(u)
	if err != nil {
		return Begun{}, fmt.Errorf("beginning an assertion: %w", err)
	}
	return s.begin(ctx, kindAssertion, u.person.ID, session.ID, options, data)
}

// FinishAssertion marks the session as freshly asserted and returns it so. The passkey must belong to the session's
// person, and the ceremony to this session. Errors: ErrCeremonyOver, ErrNotRecognised, ErrNoSession.
func (s *Service) FinishAssertion(ctx context.Context, session store.Session, answer Answer) (store.Session, error) {
	u, err := s.signedIn(ctx, session)
	if err != nil {
		return store.Session{}, err
	}
	data, err := s.take(ctx, answer, kindAssertion, session.ID)
	if err != nil {
		return store.Session{}, err
	}
	parsed, err := parseAssertion(answer)
	if err != nil {
		return store.Session{}, err
	}
	credential, err := s.webauthn.ValidateLogin(u, data, parsed)
	if err != nil {
		return store.Session{}, fmt.Errorf("%w: %w", ErrNotRecognised, err)
	}
	if err := s.used(ctx, u, credential, parsed); err != nil {
		return store.Session{}, err
	}
	session.AssertedAt = s.config.Clock()
	switch err := s.store.AssertSession(ctx, session.ID, session.AssertedAt); {
	case errors.Is(err, access.ErrNotFound):
		return store.Session{}, ErrNoSession
	case err != nil:
		return store.Session{}, fmt.Errorf("keeping an assertion: %w", err)
	}
	return session, nil
}

// Fresh reports whether the session's last assertion is recent enough for something delicate. An instant that lies
// further ahead than the window is not trusted either: no clock of ours wrote it.
func (s *Service) Fresh(session store.Session, now time.Time) bool {
	return now.Sub(session.AssertedAt).Abs() <= s.config.AssertionFresh
}

// signedIn reads the person of a session, who must still be allowed in.
func (s *Service) signedIn(ctx context.Context, session store.Session) (user, error) {
	u, err := s.user(ctx, session.PersonID)
	switch {
	case errors.Is(err, access.ErrNotFound), err == nil && (u.person.Suspended || len(u.passkeys) == 0):
		return user{}, ErrNoSession
	case err != nil:
		return user{}, err
	}
	return u, nil
}
