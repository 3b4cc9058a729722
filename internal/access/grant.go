package access

import (
	"slices"
	"time"
)

// State of a grant. Which may follow which is said by the table in transitions.go.
type State string

const (
	Requested        State = "requested"
	AwaitingApproval State = "awaiting_approval"
	Provisioning     State = "provisioning"
	Active           State = "active"
	// Ending: the account may still be on. Shown red as NOT OFF, retried for ever.
	Ending State = "ending"
	// Ended: the account was read back and is off (proof-of-off), or was never touched.
	Ended State = "ended"
)

// States in the order in which a grant can pass through them.
var States = []State{Requested, AwaitingApproval, Provisioning, Active, Ending, Ended}

func ParseState(s string) (State, error) { return parseWord(s, "grant state", States...) }

// Live reports whether a grant counts for one-live-grant.
func (s State) Live() bool { return s != Ended }

// LiveStates are the states in which a grant is Live.
var LiveStates = slices.DeleteFunc(slices.Clone(States), func(s State) bool { return !s.Live() })

// Outcome is how an ended grant came to its end.
type Outcome string

const (
	Expired   Outcome = "expired"
	Returned  Outcome = "returned"
	Revoked   Outcome = "revoked"
	Denied    Outcome = "denied"
	Withdrawn Outcome = "withdrawn"
	Failed    Outcome = "failed"
)

var Outcomes = []Outcome{Expired, Returned, Revoked, Denied, Withdrawn, Failed}

func ParseOutcome(s string) (Outcome, error) { return parseWord(s, "outcome", Outcomes...) }

// Terms is the policy that a grant was given under, copied at the request: what later happens to
// the profile changes nothing for the grant (least-power).
type Terms struct {
	ProfileID   ProfileID
	ProfileName string
	Roles       []RoleID
	Credential  CredentialKind
	Lifetime    Lifetime
	// Maximum bounds the whole life of the grant, extensions included.
	Maximum          Lifetime
	ApprovalRequired bool
	Reason           Reason
	Ticket           Ticket
}

// Proof is what Microsoft said when the account was read back at the end of a grant.
// A proof is only made where nothing was on any more.
type Proof struct {
	// ReadAt is when the last of the reads below was answered.
	ReadAt time.Time
	// ObjectID is zero, and the other fields hold nothing, where no account was ever created.
	ObjectID ObjectID
	// SessionsRevokedAt is Microsoft's own instant from which older sign-ins are void.
	SessionsRevokedAt time.Time
	// RemovedRoles, RemovedMethods and RemovedGroups count what the end took away.
	RemovedRoles   int
	RemovedMethods int
	RemovedGroups  int
	// NoPassword: the account's domain is federated, where no password opens an account at Microsoft, so that there was none to scramble.
	NoPassword bool `json:",omitempty"`
}
