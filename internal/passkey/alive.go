package passkey

import (
	"context"
	"errors"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// Alive says whether a session that was authenticated before still counts, and as whom. It is for what stays open for
// long, such as live updates, and does not keep the session alive. It returns ErrNoSession as Authenticate does.
func (s *Service) Alive(ctx context.Context, session store.Session) (store.Person, error) {
	session, person, err := s.read(ctx, session.ID)
	switch {
	case errors.Is(err, access.ErrNotFound):
		return store.Person{}, ErrNoSession
	case err != nil:
		return store.Person{}, err
	case s.over(session, person, s.config.Clock()):
		return store.Person{}, ErrNoSession
	}
	return person, nil
}

// over reports whether a session has ended by its idle limit or by its person's suspension. One beyond its absolute limit
// is not found in the store.
func (s *Service) over(session store.Session, person store.Person, now time.Time) bool {
	return now.Sub(session.LastSeenAt) >= s.config.SessionIdle || person.Suspended
}
