package entra

import (
	"context"

	"hourglass/internal/access"
)

// Group is a role-assignable group that the account is a member of, or owns.
type Group struct {
	ID    access.ObjectID
	Owner bool
}

// RoleGroups lists the role-assignable groups that the account is a member of (also through other groups) or owns.
// A group that it both owns and is a member of is two entries.
func (t *Tenant) RoleGroups(ctx context.Context, id access.ObjectID) ([]Group, error) {
	return nil, errSoon
}

// LeaveGroup ends a membership or an ownership; a missing one counts as ended.
func (t *Tenant) LeaveGroup(ctx context.Context, id access.ObjectID, g Group) error { return errSoon }
