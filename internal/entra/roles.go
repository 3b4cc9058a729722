package entra

import (
	"context"
	"time"

	"hourglass/internal/access"
)

// HeldRole is one role that an account holds, or could activate, in one scope.
type HeldRole struct {
	RoleID access.RoleID
	// Scope is "/" for the whole tenant.
	Scope string
	// AssignmentID is the id of the direct assignment, or "" if there is none.
	AssignmentID string
	// Scheduled: PIM holds an assignment of it.
	Scheduled bool
	// EndsAt is when PIM takes a scheduled role away; zero: never.
	EndsAt time.Time
	// Eligible: the account does not hold the role but could activate it.
	Eligible bool
}

// Roles lists what the account holds directly and, in a tenant with PIM, by schedule and as an eligibility. A role that
// is listed both directly and by schedule is one entry.
func (t *Tenant) Roles(ctx context.Context, id access.ObjectID) ([]HeldRole, error) {
	return nil, errSoon
}

// AssignRole gives the account a role for the whole tenant. In a tenant with PIM it is a schedule that Microsoft itself
// ends at until, except where PIM does not know the account yet or does not accept the schedule's length; otherwise,
// and there, it is a direct assignment. An existing one counts as assigned, after it was compared.
func (t *Tenant) AssignRole(ctx context.Context, id access.ObjectID, role access.RoleID, until time.Time) (scheduled bool, err error) {
	return false, errSoon
}

// RemoveRole takes a role away, as it was listed by Roles; a missing one counts as removed.
func (t *Tenant) RemoveRole(ctx context.Context, id access.ObjectID, r HeldRole) error {
	return errSoon
}
