package entra

import (
	"context"
	"time"

	"hourglass/internal/access"
)

// ExtendRole moves the end of a scheduled role. NotFound where there is no schedule to extend.
func (t *Tenant) ExtendRole(ctx context.Context, id access.ObjectID, role access.RoleID, until time.Time) error {
	return errSoon
}
