package passkey

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/bearer"
	"hourglass/internal/store"
)

// touchEvery keeps a busy session from writing to the database with every request.
const touchEvery = time.Minute

// SignedIn is a session that was just opened. Token goes into SessionCookie and is known nowhere else.
type SignedIn struct {
	Person  store.Person
	Session store.Session
	Token   access.Secret
}

func (s *Service) open(ctx context.Context, person store.Person, credentialID []byte, userAgent string) (SignedIn, error) {
	token, id, err := bearer.New(s.config.Rand)
	if err != nil {
		return SignedIn{}, err
	}
	now := s.config.Clock()
	session := store.Session{
		ID: id, PersonID: person.ID,
		CreatedAt: now, LastSeenAt: now, AssertedAt: now, // the ceremony that opens a session is a fresh assertion
		ExpiresAt: now.Add(s.config.SessionAbsolute),
		UserAgent: userAgent, CredentialID: credentialID,
	}
	switch err := s.store.AddSession(ctx, session); {
	case errors.Is(err, access.ErrNotFound):
		return SignedIn{}, fmt.Errorf("%w: suspended, or without the passkey, since it was used: %w", ErrNotRecognised, err)
	case err != nil:
		return SignedIn{}, fmt.Errorf("opening a session: %w", err)
	}
	return SignedIn{Person: person, Session: session, Token: token}, nil
}

// Authenticate says whose session a request carries, and keeps it alive. It returns ErrNoSession for a session that is
// unknown, too old, idle for too long, or whose person is suspended; the last two are ended for good.
func (s *Service) Authenticate(ctx context.Context, r *http.Request) (store.Session, store.Person, error) {
	id, err := bearer.Hash(cookieValue(r, SessionCookieName))
	if err != nil {
		return store.Session{}, store.Person{}, ErrNoSession
	}
	session, person, err := s.read(ctx, id)
	if errors.Is(err, access.ErrNotFound) {
		return store.Session{}, store.Person{}, ErrNoSession
	}
	if err != nil {
		return store.Session{}, store.Person{}, err
	}
	now := s.config.Clock()
	if s.over(session, person, now) {
		return store.Session{}, store.Person{}, errors.Join(ErrNoSession, s.SignOut(ctx, session))
	}
	if now.Sub(session.LastSeenAt) < touchEvery {
		return session, person, nil
	}
	session.LastSeenAt = now
	switch err := s.store.TouchSession(ctx, id, now); {
	case errors.Is(err, access.ErrNotFound): // ended a moment ago
		return store.Session{}, store.Person{}, ErrNoSession
	case err != nil:
		return store.Session{}, store.Person{}, fmt.Errorf("touching a session: %w", err)
	}
	return session, person, nil
}

func (s *Service) read(ctx context.Context, id [32]byte) (store.Session, store.Person, error) {
	session, err := s.store.Session(ctx, id)
	if err != nil {
		return store.Session{}, store.Person{}, fmt.Errorf("reading a session: %w", err)
	}
	person, err := s.store.Person(ctx, session.PersonID)
	if err != nil {
		return store.Session{}, store.Person{}, fmt.Errorf("reading a session's person: %w", err)
	}
	return session, person, nil
}

// SignOut ends one session. One that has ended already is no error.
func (s *Service) SignOut(ctx context.Context, session store.Session) error {
	if err := s.store.EndSession(ctx, session.ID); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// SignOutEverywhere ends all sessions of a person and says how many there were.
func (s *Service) SignOutEverywhere(ctx context.Context, person access.PersonID) (int, error) {
	ended, err := s.store.EndSessions(ctx, person)
	if err != nil {
		return 0, fmt.Errorf("ending a person's sessions: %w", err)
	}
	return ended, nil
}
