package passkey

import (
	"context"
	"errors"
	"fmt"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// BeginAddition starts the creation of a further passkey for whoever is signed in. It needs a fresh assertion
// (ErrNotFresh): otherwise a borrowed browser would be enough to stay for ever. Other errors: ErrNoSession.
func (s *Service) BeginAddition(ctx context.Context, session store.Session) (Begun, error) {
	u, err := s.signedIn(ctx, session)
	if err != nil {
		return Begun{}, err
	}
	if !s.Fresh(session, s.config.Clock()) {
		return Begun{}, ErrNotFresh
	}
	return s.beginCreation(ctx, kindAddition, u, session.ID)
}

// FinishAddition keeps the passkey. That the ceremony began with a fresh assertion is enough: creating a passkey can
// take longer than an assertion stays fresh. Errors: ErrCeremonyOver, ErrNotRecognised, ErrNoSession.
func (s *Service) FinishAddition(ctx context.Context, session store.Session, name access.Name, answer Answer) error {
	u, err := s.signedIn(ctx, session)
	if err != nil {
		return err
	}
	data, err := s.take(ctx, answer, kindAddition, session.ID)
	if err != nil {
		return err
	}
	passkey, err := s.create(u, data, name, answer)
	if err != nil {
		return err
	}
	switch err := s.store.AddPasskey(ctx, passkey); {
	case errors.Is(err, access.ErrInvalid): // somebody has this passkey already
		return fmt.Errorf("%w: %w", ErrNotRecognised, err)
	case err != nil:
		return fmt.Errorf("keeping a passkey: %w", err)
	}
	return nil
}
