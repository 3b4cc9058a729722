package entra

import (
	"context"

	"hourglass/internal/access"
)

// Organization is the tenant as it describes itself.
type Organization struct {
	TenantID access.TenantID
	// Name is what the customer wrote; it is not yet an access.Name.
	Name    string
	Domains []Domain
}

// Domain is a verified domain of the tenant.
type Domain struct {
	Name string
	// Managed: its users sign in at Microsoft; otherwise the domain is federated and no account of ours can live there.
	Managed bool
	// Initial: the one that ends in onmicrosoft.com and can never be federated.
	Initial bool
	Default bool
}

// Organization refuses an answer that describes another tenant (right-tenant).
func (t *Tenant) Organization(ctx context.Context) (Organization, error) {
	return Organization{}, errSoon
}

// HasPIM reports whether the tenant's licences include role schedules (Entra ID P2 or ID Governance). Kept for an hour
// per tenant.
func (t *Tenant) HasPIM(ctx context.Context) (bool, error) { return false, errSoon }
