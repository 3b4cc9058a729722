package store

import (
	"time"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Grant is one access request from start to end, as portals and activities read it.
type Grant struct {
	ID           access.GrantID
	PersonID     access.PersonID
	PersonName   string
	CustomerID   access.CustomerID
	CustomerName string
	// TenantID is the customer's.
	TenantID  access.TenantID
	AccountID access.AccountID
	// UserName is the account's user principal name, "" until one was tried.
	UserName string
	ObjectID access.ObjectID
	Terms    access.Terms
	State    access.State
	// Cause is why the grant is ending, "" before.
	Cause access.Outcome
	// EndComment is in the words of whoever ended the grant, or the kind of the failure that did; often "".
	EndComment string
	// Outcome is "" until the grant has ended.
	Outcome     access.Outcome
	RequestedAt time.Time
	// Deadline is the instant after which the grant must be ending, whatever happened. Before the
	// grant is active it is the request's instant + NewGrant.Waiting + the lifetime.
	Deadline                               time.Time
	ActiveAt, ExpiresAt, EndingAt, EndedAt *time.Time
	// ApprovedAt is nil where no approval was asked for or none was given yet.
	ApprovedAt *time.Time
	// AccountAt is when the account stood ready for this grant, CredentialAt when its first credential was set; nil before.
	AccountAt, CredentialAt *time.Time
	// PassEndsAt is when the Temporary Access Pass stops working, nil where none was issued.
	PassEndsAt *time.Time
	Switches   Switches
	// Approvers are those who may decide now, sorted by name; none unless the grant waits for one. Only Grant, Grants and
	// Access tell them.
	Approvers []Member
	// Proof is set where the grant has ended by way of ending (proof-of-off).
	Proof *access.Proof
	// Revision rises with every audit record's worth of change, reveals included.
	Revision int64
}

// Switches says which of Microsoft's own time limits are armed for a grant.
type Switches struct{ PassEndsInTime, RolesEndAtMicrosoft bool }

// NewGrant is a request with everything that must be durable before the first call to Microsoft.
type NewGrant struct {
	ID access.GrantID
	// AccountID and Marker are used only if the person has no account at the customer yet.
	AccountID  access.AccountID
	Marker     access.Marker
	PersonID   access.PersonID
	CustomerID access.CustomerID
	ProfileID  access.ProfileID
	Request    access.Request
	// IdempotencyKey is the caller's, 1 to 255 characters; it counts per person.
	IdempotencyKey string
	// Fingerprint of the request's content.
	Fingerprint [32]byte
	// WrappedKey is the data key, wrapped by a key that is not in this database (two-keys).
	WrappedKey []byte
	// Waiting is approval window + provisioning budget, added to the lifetime for the first Deadline.
	Waiting time.Duration
}

// GrantFilter selects grants; zero fields select all.
type GrantFilter struct {
	PersonID   access.PersonID
	CustomerID access.CustomerID
	States     []access.State
	// Before is the cursor that came with the previous page.
	Before string
	// Limit is 1 to 1000; zero means 50.
	Limit int
}

// Change is what live updates need of an audit record: what happened, to which grant and which person; zero where the
// record is about none.
type Change struct {
	Seq      int64
	Action   audit.Action
	GrantID  access.GrantID
	PersonID access.PersonID
}

// Account is the Entra user of one person at one customer.
type Account struct {
	ID       access.AccountID
	Marker   access.Marker
	ObjectID access.ObjectID
	UPN      string
	// CreateAttempted: a creation may have reached Microsoft, whether or not it was answered.
	CreateAttempted bool
	// ProvisionedAt is when AccountProvisioned first recorded this ObjectID; zero before. Microsoft may
	// answer for some minutes after it that the account does not exist.
	ProvisionedAt time.Time
}

// Plan is everything that an activity needs to know of a grant.
type Plan struct {
	Grant    Grant
	Account  Account
	Person   Person
	Customer Customer
}

// Provisioned is what Microsoft said of the account before it is used.
type Provisioned struct {
	ObjectID access.ObjectID
	UPN      string
	// Found: it existed; otherwise it was created.
	Found bool
	// LeftoverRoles counts the roles that a found account held and that were taken away (least-power).
	LeftoverRoles int
}

// Issued is a credential that was set at Microsoft.
type Issued struct {
	// Issue names this issue; there is one audit record per issue.
	Issue          string
	Kind           access.CredentialKind
	PassEndsAt     *time.Time
	PassEndsInTime bool
}

// Extension lengthens an active grant.
type Extension struct {
	// Key names this extension; a repeat changes nothing.
	Key       string
	By        access.PersonID
	ExpiresAt time.Time
}

// Decision is an approver's.
type Decision struct {
	By       access.PersonID
	Approved bool
	Comment  string
}

// Ending says why a grant is to end.
type Ending struct {
	Cause   access.Outcome
	By      Actor
	Comment string
}
