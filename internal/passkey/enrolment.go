package passkey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/bearer"
	"hourglass/internal/store"
)

// IssueEnrolment makes a one-time link for a person: the first one of an admin, somebody new, or somebody who lost
// their passkey. token belongs into the fragment of the link (#…), which browsers send to no server and so to no log.
// Errors: access.ErrNotFound, and access.ErrInvalid for a suspended person.
func (s *Service) IssueEnrolment(ctx context.Context, person access.PersonID, by store.Actor) (token access.Secret, expires time.Time, err error) {
	found, err := s.store.Person(ctx, person)
	if err != nil {
		return access.Secret{}, time.Time{}, fmt.Errorf("issuing an enrolment link: %w", err)
	}
	if found.Suspended {
		return access.Secret{}, time.Time{}, fmt.Errorf("%w: a suspended person cannot enrol", access.ErrInvalid)
	}
	token, enrolment, err := s.DrawEnrolment(person)
	if err != nil {
		return access.Secret{}, time.Time{}, err
	}
	if err := s.store.AddEnrolment(ctx, enrolment, by); err != nil {
		return access.Secret{}, time.Time{}, fmt.Errorf("issuing an enrolment link: %w", err)
	}
	return token, enrolment.ExpiresAt, nil
}

// DrawEnrolment makes a one-time link for somebody new, which opens nothing until whoever adds the person stores it.
func (s *Service) DrawEnrolment(person access.PersonID) (access.Secret, store.Enrolment, error) {
	token, hash, err := bearer.New(s.config.Rand)
	return token, store.Enrolment{TokenHash: hash, PersonID: person, ExpiresAt: s.config.Clock().Add(s.config.EnrolmentTTL)}, err
}

// BeginEnrolment starts the creation of a passkey with a link that is still good, otherwise ErrEnrolmentSpent.
// It does not use the link up.
func (s *Service) BeginEnrolment(ctx context.Context, token string) (Begun, error) {
	hash, u, err := s.enrolling(ctx, token)
	if err != nil {
		return Begun{}, err
	}
	return s.beginCreation(ctx, kindEnrolment, u, hash)
}

// FinishEnrolment keeps the passkey, uses up the link and signs in. Of several attempts with one link, in two tabs
// or at the same moment, one succeeds and the others get ErrEnrolmentSpent. Other errors: ErrCeremonyOver, ErrNotRecognised.
//
// All earlier sessions of the person end: whoever needed a new link may have lost the device that they run on.
func (s *Service) FinishEnrolment(ctx context.Context, token string, name access.Name, answer Answer) (SignedIn, error) {
	hash, u, err := s.enrolling(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	data, err := s.take(ctx, answer, kindEnrolment, hash)
	if err != nil {
		return SignedIn{}, err
	}
	passkey, err := s.create(u, data, name, answer)
	if err != nil {
		return SignedIn{}, err
	}
	switch err := s.store.Enrol(ctx, hash, passkey); {
	case errors.Is(err, access.ErrNotFound):
		return SignedIn{}, ErrEnrolmentSpent
	case errors.Is(err, access.ErrInvalid): // somebody has this passkey already
		return SignedIn{}, fmt.Errorf("%w: %w", ErrNotRecognised, err)
	case err != nil:
		return SignedIn{}, fmt.Errorf("keeping a passkey: %w", err)
	}
	return s.open(ctx, u.person, passkey.CredentialID, answer.UserAgent)
}

// enrolling reads whom a link is for, while it is good.
func (s *Service) enrolling(ctx context.Context, token string) (hash [32]byte, u user, err error) {
	hash, err = bearer.Hash(token)
	if err != nil {
		return hash, user{}, ErrEnrolmentSpent
	}
	enrolment, err := s.store.Enrolment(ctx, hash)
	switch {
	case errors.Is(err, access.ErrNotFound):
		return hash, user{}, ErrEnrolmentSpent
	case err != nil:
		return hash, user{}, fmt.Errorf("reading an enrolment link: %w", err)
	}
	u, err = s.user(ctx, enrolment.PersonID)
	if err == nil && u.person.Suspended {
		return hash, user{}, ErrEnrolmentSpent
	}
	return hash, u, err
}
