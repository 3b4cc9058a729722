package store

import (
	"time"

	"hourglass/internal/access"
)

// AppKey is a secret or a certificate of an app registration of a customer's own.
type AppKey struct {
	ID         access.AppKeyID
	CustomerID access.CustomerID
	// TenantID is the tenant in which the app speaks, and to which Sealed is bound.
	TenantID access.TenantID
	ClientID access.ClientID
	Kind     access.AppKeyKind
	// Thumbprint is what Microsoft shows beside a certificate, "" for a secret.
	Thumbprint string
	ExpiresAt  time.Time
	// Sealed is the key itself, under a keyset that is not in this database (two-keys).
	Sealed []byte
}

// DeploymentApp is the app registration of the deployment's own, as far as people may see it.
type DeploymentApp struct {
	ClientID   access.ClientID
	Kind       access.AppKeyKind
	Thumbprint string
	// ExpiresAt is nil where nobody said when the secret ends.
	ExpiresAt *time.Time
}

// AppInUse is the app that speaks in a customer's tenant.
type AppInUse struct {
	DeploymentApp
	// OfCustomer: it is the customer's own, not the deployment's.
	OfCustomer bool
}

// Warning says how long before its end the tightest warning about the app's key was reached, in days; 0 before the first.
func (a AppInUse) Warning(now time.Time) int {
	if a.ExpiresAt == nil {
		return 0
	}
	return access.AppKeyWarning(*a.ExpiresAt, now)
}

// ExpiryWarning is a secret or certificate that came within a number of days of its end.
type ExpiryWarning struct {
	AppInUse
	// CustomerID is zero for the deployment's app.
	CustomerID access.CustomerID
	Days       int
}
