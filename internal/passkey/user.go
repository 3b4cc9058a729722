package passkey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// user is a person as WebAuthn sees them. The user handle is the person's id: it says nothing about them
// (WebAuthn level 3, 14.6.1) and never changes.
type user struct {
	person   store.Person
	passkeys webauthn.Credentials
}

func (u user) WebAuthnID() []byte                         { return []byte(u.person.ID.String()) }
func (u user) WebAuthnName() string                       { return u.person.Handle.String() }
func (u user) WebAuthnDisplayName() string                { return u.person.Name.String() }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.passkeys }

func (s *Service) user(ctx context.Context, id access.PersonID) (user, error) {
	person, err := s.store.Person(ctx, id)
	if err != nil {
		return user{}, fmt.Errorf("reading a person: %w", err)
	}
	stored, err := s.store.Passkeys(ctx, id)
	if err != nil {
		return user{}, fmt.Errorf("reading passkeys: %w", err)
	}
	u := user{person: person, passkeys: make(webauthn.Credentials, len(stored))}
	for i, passkey := range stored {
		if err := json.Unmarshal(passkey.Credential, &u.passkeys[i]); err != nil {
			return user{}, fmt.Errorf("decoding a passkey: %w", err)
		}
	}
	return u, nil
}

func (s *Service) beginCreation(ctx context.Context, kind string, u user, bound [32]byte) (Begun, error) {
	options, data, err := s.webauthn.BeginRegistration(u, webauthn.WithExclusions(u.passkeys.CredentialDescriptors()))
	if err != nil {
		return Begun{}, fmt.Errorf("beginning a passkey: %w", err)
	}
	return s.begin(ctx, kind, u.person.ID, bound, options, data)
}

// create verifies the browser's answer to a creation, and makes of it what the store keeps.
func (s *Service) create(u user, data webauthn.SessionData, name access.Name, answer Answer) (store.Passkey, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer.Credential)
	if err != nil {
		return store.Passkey{}, fmt.Errorf("%w: %w", ErrNotRecognised, err)
	}
	credential, err := s.webauthn.CreateCredential(u, data, parsed)
	if err != nil {
		return store.Passkey{}, fmt.Errorf("%w: %w", ErrNotRecognised, err)
	}
	encoded, err := json.Marshal(credential)
	if err != nil {
		return store.Passkey{}, fmt.Errorf("encoding a passkey: %w", err)
	}
	return store.Passkey{
		CredentialID: credential.ID, PersonID: u.person.ID, Name: name.String(), Credential: encoded, CreatedAt: s.config.Clock(),
	}, nil
}

// used keeps the signature counter of an answer that was verified, and refuses a passkey that exists twice: the counter is judged by the
// last one that was kept, which may be of a use since the passkey was read. The warning is kept with the passkey, so that neither copy
// works again, and stands in the audit log.
func (s *Service) used(ctx context.Context, u user, credential *webauthn.Credential, answer *protocol.ParsedCredentialAssertionData) error {
	err := s.store.UsePasskey(ctx, credential.ID, s.config.Clock(), func(kept []byte) ([]byte, bool, error) {
		var last webauthn.Credential
		if err := json.Unmarshal(kept, &last); err != nil {
			return nil, false, fmt.Errorf("decoding a passkey: %w", err)
		}
		credential.Authenticator = last.Authenticator
		credential.Authenticator.UpdateCounter(answer.Response.AuthenticatorData.Counter)
		encoded, err := json.Marshal(credential)
		return encoded, credential.Authenticator.CloneWarning, err
	})
	switch {
	case errors.Is(err, access.ErrNotFound):
		return fmt.Errorf("%w: removed since it was used: %w", ErrNotRecognised, err)
	case err != nil:
		return fmt.Errorf("keeping a passkey's use: %w", err)
	case credential.Authenticator.CloneWarning:
		return fmt.Errorf("%w: %w", ErrNotRecognised, &ClonedKey{PersonID: u.person.ID, CredentialID: credential.ID})
	}
	return nil
}
