package store

import (
	"time"

	"hourglass/internal/access"
)

// NewDrill is a drill before anything was done. CanaryID and Marker are used only if the customer has no canary that
// can be used again.
type NewDrill struct {
	ID         access.DrillID
	CustomerID access.CustomerID
	CanaryID   access.AccountID
	Marker     access.Marker
}

// Drill is the proof, with a canary account, that the strongest profile of a customer can be switched off.
type Drill struct {
	ID         access.DrillID
	CustomerID access.CustomerID
	// Canary is the account; nobody gets its credential.
	Canary Account
	// By began it; zero where the schedule did.
	By     access.PersonID
	ByName string
	// ProfileID and the following are of the profile as it was at the beginning.
	ProfileID   access.ProfileID
	ProfileName string
	Roles       []access.RoleID
	Credential  access.CredentialKind
	BegunAt     time.Time
	// ArmedAt is when the canary had the profile's roles; EndingAt when its switching off began; OffAt when it was proven off;
	// EndedAt when it was deleted, or stayed.
	ArmedAt, EndingAt, OffAt, EndedAt *time.Time
	// Failure is the kind of what went wrong, Reason in which step; "" where nothing did.
	Failure, Reason string
	Proof           *access.Proof
	Steps           []access.DrillStep
	Deletion        access.Deletion
}

// Passed reports whether the drill showed what it is for: the canary held the profile, and was proven off in time.
func (d Drill) Passed() bool { return d.EndedAt != nil && d.Failure == "" }

// OffAfter is how long switching off took; 0 while it is not proven.
func (d Drill) OffAfter() time.Duration {
	if d.OffAt == nil || d.EndingAt == nil {
		return 0
	}
	return d.OffAt.Sub(*d.EndingAt)
}

// DrillPlan is everything that an activity needs to know of a drill.
type DrillPlan struct {
	Drill    Drill
	Customer Customer
}

// DrillSchedule is how often a customer is drilled by itself.
type DrillSchedule struct {
	Every access.DrillInterval
	// DueAt is when the next drill begins; nil for access.DrillNever.
	DueAt *time.Time
}
