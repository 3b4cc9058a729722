package entra

import "context"

// PassPolicy is the tenant's policy for Temporary Access Passes.
type PassPolicy struct {
	Enabled                                bool
	MinMinutes, MaxMinutes, DefaultMinutes int
}

// PassPolicy is kept for five minutes per tenant.
func (t *Tenant) PassPolicy(ctx context.Context) (PassPolicy, error) { return PassPolicy{}, errSoon }
