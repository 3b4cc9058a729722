package onemachine

import (
	"context"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

// EnrolmentLink makes a one-time link with which the person enrols a passkey.
func (m *Machine) EnrolmentLink(ctx context.Context, person access.PersonID) (string, error) {
	party, origins, err := passkey.RelyingParty(m.PublicURL())
	if err != nil {
		return "", err
	}
	passkeys, err := passkey.New(passkey.Config{RPID: party, Origins: origins}, m.Store)
	if err != nil {
		return "", err
	}
	token, _, err := passkeys.IssueEnrolment(ctx, person, store.Actor{})
	if err != nil {
		return "", err
	}
	return m.PublicURL() + "/enrol#" + token.Reveal(), nil
}

// SignedIn is a new client of the person, enrolled and signed in.
func (m *Machine) SignedIn(ctx context.Context, person access.PersonID) (*Client, error) {
	link, err := m.EnrolmentLink(ctx, person)
	if err != nil {
		return nil, err
	}
	client, err := NewClient(m.PublicURL())
	if err != nil {
		return nil, err
	}
	return client, client.Enrol(ctx, link)
}
