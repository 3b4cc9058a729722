package store

import (
	"time"

	"hourglass/internal/access"
)

// Actor is who does something; the zero Actor is Hourglass itself.
type Actor struct{ PersonID access.PersonID }

// Person signs in to Hourglass.
type Person struct {
	ID        access.PersonID
	Name      access.Name
	Handle    access.Handle
	Roles     []access.MSPRole
	Suspended bool
	CreatedAt time.Time
	// Revision rises with every change.
	Revision int64
}

// PersonSettings are what an admin may change of a person.
type PersonSettings struct {
	Name access.Name
	// Handle stays as it is where this is the zero Handle. Accounts that exist keep their names.
	Handle access.Handle
	Roles  []access.MSPRole
}

// Team is a named set of people.
type Team struct {
	ID   access.TeamID
	Name access.Name
	// Members, sorted by name.
	Members []Member
	// Revision rises with every change.
	Revision int64
}

func (t Team) memberIDs() []access.PersonID {
	ids := make([]access.PersonID, len(t.Members))
	for i, m := range t.Members {
		ids[i] = m.ID
	}
	return ids
}

// Member is a person in a team.
type Member struct {
	ID   access.PersonID
	Name string
}

// Enrolment is a one-time link for a passkey. Only the hash of its token is kept.
type Enrolment struct {
	TokenHash [32]byte
	PersonID  access.PersonID
	ExpiresAt time.Time
}

// Passkey is a WebAuthn credential of a person.
type Passkey struct {
	CredentialID []byte
	PersonID     access.PersonID
	Name         string
	// Credential is the JSON of a webauthn.Credential; it holds a public key and no secret.
	Credential []byte
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

// Judge says what a use makes of the credential that is kept, and whether the passkey exists more than once. It may be asked again.
type Judge func(kept []byte) (credential []byte, cloned bool, err error)

// Ceremony is a WebAuthn registration or sign-in that has begun.
type Ceremony struct {
	// ID is the hash of the cookie's value.
	ID   [32]byte
	Kind string
	// PersonID is zero for a discoverable sign-in.
	PersonID  access.PersonID
	Data      []byte
	ExpiresAt time.Time
}

// Session is a signed-in browser.
type Session struct {
	// ID is the hash of the cookie's value.
	ID                                           [32]byte
	PersonID                                     access.PersonID
	CreatedAt, LastSeenAt, AssertedAt, ExpiresAt time.Time
	UserAgent                                    string
	// CredentialID is the passkey that opens it, which is not kept; nil where none does.
	CredentialID []byte
}
