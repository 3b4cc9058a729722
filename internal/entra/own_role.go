package entra

import (
	"context"

	"hourglass/internal/access"
)

// TakeRole gives the app itself a role for good, for the whole tenant. One that it holds counts as taken. principal is the
// app's own object there (App).
func (t *Tenant) TakeRole(ctx context.Context, principal access.ObjectID, role access.RoleID) error {
	return t.assignDirectly(ctx, principal, role)
}

// ReturnRole takes a role of the whole tenant from the app itself; a missing one counts as returned.
func (t *Tenant) ReturnRole(ctx context.Context, principal access.ObjectID, role access.RoleID) error {
	held, err := t.directRoles(ctx, principal)
	if err != nil {
		return err
	}
	for _, r := range held {
		if r.RoleID == role && r.Scope == wholeTenant {
			if err := gone(t.unassign(ctx, r.AssignmentID)); err != nil {
				return err
			}
		}
	}
	return nil
}
