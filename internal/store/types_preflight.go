package store

import (
	"time"

	"hourglass/internal/access"
)

// PreflightTask is a check of a customer's tenant that one worker has taken on.
type PreflightTask struct {
	Customer Customer
	// Run tells this check from earlier and later ones of the customer.
	Run int64
	// Facts are what is known from before.
	Facts access.TenantFacts
	// App speaks in the tenant; nil where no worker has said yet which the deployment's is.
	App *AppInUse
	// AtConnect are the permissions, by name, that the tenant had consented to when it was connected.
	AtConnect []string
	// Roles of all profiles that are not retired.
	Roles []access.RoleID
	// Requested: somebody asked for it.
	Requested            bool
	MayTakeRole, HasRole bool
	Probe                Probe
}

// Probe is the account on which password resets are tried.
type Probe struct {
	// Marker is zero before the account was ever to be made.
	Marker access.Marker
	// ObjectID is zero while nobody knows whether it exists.
	ObjectID access.ObjectID
	// At is when it was last tried; nil before the first time.
	At *time.Time
}

// Preflight is what is known of a customer's tenant, judged as it stands now.
type Preflight struct {
	Customer Customer
	Health   access.Health
	Findings []PreflightFinding
	// Unread are the facts that the last check could not read.
	Unread []access.Fact
	// Checking: a check is under way, or about to begin.
	Checking bool
	// CheckedAt is when a check last came to its end; nil before the first.
	CheckedAt *time.Time
	// NextAt is when the tenant is checked again; nil where it is not.
	NextAt *time.Time
	// MayTakeRole: Hourglass may take User Administrator for its own app. HasRole: it did.
	MayTakeRole, HasRole bool
	// Profiles that somebody may use at the customer, with whether they will work.
	Profiles []ProfileVerdict
}

// ProfileVerdict is a profile with whether it will work.
type ProfileVerdict struct {
	access.Profile
	Verdict access.Verdict
}

// PreflightFinding is a finding with when it appeared; nil for one that no check has come to yet.
type PreflightFinding struct {
	access.Finding
	Since *time.Time
}

// PreflightSummary is a pre-flight in a line.
type PreflightSummary struct {
	Health                    access.Health
	Blocking, Warnings, Infos int
	CheckedAt                 *time.Time
}
