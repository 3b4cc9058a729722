package passkey

import (
	"encoding/base64"
	"errors"
	"fmt"

	"hourglass/internal/access"
)

// Sentinel kinds; callers ask with errors.Is. Every other error is a fault of ours or of the store.
var (
	// ErrEnrolmentSpent: the link is unknown, was used, has expired, or its person is suspended.
	ErrEnrolmentSpent = errors.New("enrolment link is spent")
	// ErrCeremonyOver: the ceremony is unknown, was finished before, has expired, or belongs to another browser or session.
	ErrCeremonyOver = errors.New("ceremony is over")
	// ErrNotRecognised: the passkey's answer was not accepted, whatever the reason.
	ErrNotRecognised = errors.New("passkey not recognised")
	// ErrNoSession: there is no session, it has ended, or its person may not sign in.
	ErrNoSession = errors.New("no session")
	// ErrNotFresh: the session needs a fresh assertion first.
	ErrNotFresh = errors.New("no fresh assertion")
)

// ClonedKey is wrapped into ErrNotRecognised when a passkey's signature counter did not rise: at least two copies
// of its private key exist (WebAuthn level 3, 6.1.1). The audit log has it; an admin is to be told.
type ClonedKey struct {
	PersonID     access.PersonID
	CredentialID []byte
}

func (c *ClonedKey) Error() string {
	return fmt.Sprintf("passkey %s of person %s exists more than once", base64.RawURLEncoding.EncodeToString(c.CredentialID), c.PersonID)
}
