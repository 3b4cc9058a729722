package entra

import (
	"context"

	"hourglass/internal/access"
)

// Method is one way to sign in that an account has registered.
type Method struct {
	ID string
	// Type is the last part of Microsoft's type name: "phoneAuthenticationMethod".
	Type string
}

// Methods lists every sign-in method but the password, which every account has for ever.
func (t *Tenant) Methods(ctx context.Context, id access.ObjectID) ([]Method, error) {
	return nil, errSoon
}

// RemoveMethod removes one; a missing one counts as removed. Conflict: it is the default method and goes last.
// Invalid: Microsoft has no way to remove methods of that type.
func (t *Tenant) RemoveMethod(ctx context.Context, id access.ObjectID, m Method) error {
	return errSoon
}
