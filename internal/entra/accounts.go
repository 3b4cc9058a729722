package entra

import (
	"context"
	"time"

	"hourglass/internal/access"
)

// Account is what Microsoft says about a user.
type Account struct {
	ID       access.ObjectID
	UserName string
	Enabled  bool
	// Marker is the employeeId, whoever wrote it; "" if there is none.
	Marker string
	// SessionsValidFrom is the instant before which sign-ins are void; zero where Microsoft does not say.
	SessionsValidFrom time.Time
}

// FindAccount finds the account that carries the marker. None: NotFound, which soon after a creation can be a replica
// that lags. More than one: Conflict.
func (t *Tenant) FindAccount(ctx context.Context, m access.Marker) (Account, error) {
	return Account{}, errSoon
}

// Account reads one account by its id.
func (t *Tenant) Account(ctx context.Context, id access.ObjectID) (Account, error) {
	return Account{}, errSoon
}

// AccountNamed reads one account by its user principal name.
func (t *Tenant) AccountNamed(ctx context.Context, upn access.UPN) (Account, error) {
	return Account{}, errSoon
}

// NewAccount is what CreateAccount needs.
type NewAccount struct {
	UPN         access.UPN
	DisplayName access.Name
	Marker      access.Marker
	Password    access.Secret
}

// CreateAccount creates a disabled account that carries the marker. Conflict, with Target "userPrincipalName", when the
// name is taken; after Ambiguous, FindAccount tells whether it exists.
func (t *Tenant) CreateAccount(ctx context.Context, n NewAccount) (Account, error) {
	return Account{}, errSoon
}

// SetPassword changes the password and nothing else: Microsoft authorises a PATCH as a whole, so that a refused
// password would take a change of accountEnabled with it.
func (t *Tenant) SetPassword(ctx context.Context, id access.ObjectID, password access.Secret) error {
	return errSoon
}

// SetEnabled switches the account on or off and changes nothing else.
func (t *Tenant) SetEnabled(ctx context.Context, id access.ObjectID, enabled bool) error {
	return errSoon
}

// RevokeSessions voids every sign-in made until now.
func (t *Tenant) RevokeSessions(ctx context.Context, id access.ObjectID) error { return errSoon }
