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

// publicMessages are what people read instead of the errors.
var publicMessages = []struct {
	kind    error
	message string
}{
	{ErrEnrolmentSpent, "This link has been used or has expired. Ask an admin for a new link."},
	{ErrCeremonyOver, "This took too long or was finished already. Please start again."},
	{ErrNotRecognised, "This passkey was not accepted. Try another one, or ask an admin for a new enrolment link."},
	{ErrNoSession, "You are signed out. Please sign in."},
	{ErrNotFresh, "Please confirm with your passkey."},
}

// Public is the message for people, or "" for an error that is none of theirs.
func Public(err error) string {
	for _, public := range publicMessages {
		if errors.Is(err, public.kind) {
			return public.message
		}
	}
	return ""
}

// ClonedKey is wrapped into ErrNotRecognised when a passkey's signature counter did not rise: at least two copies
// of its private key exist (WebAuthn level 3, 6.1.1). It is to be audited and an admin to be told.
type ClonedKey struct {
	PersonID     access.PersonID
	CredentialID []byte
}

func (c *ClonedKey) Error() string {
	return fmt.Sprintf("passkey %s of person %s exists more than once", base64.RawURLEncoding.EncodeToString(c.CredentialID), c.PersonID)
}
