package entra

import (
	"context"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
)

const (
	passPolicyKept = 5 * time.Minute
	passPolicyID   = "TemporaryAccessPass"
)

// PassPolicy is the tenant's policy for Temporary Access Passes. Whom it includes is not part of it: Microsoft issues a
// pass to anybody, but lets only those sign in whom the policy includes.
type PassPolicy struct {
	Enabled                                bool
	MinMinutes, MaxMinutes, DefaultMinutes int
}

// Allows reports whether a pass of that many minutes can be issued.
func (p PassPolicy) Allows(minutes int) bool {
	return p.Enabled && p.MinMinutes <= minutes && minutes <= p.MaxMinutes
}

// PassPolicy is kept for five minutes per tenant.
func (t *Tenant) PassPolicy(ctx context.Context) (PassPolicy, error) {
	return t.passPolicy.get(t.clock(), passPolicyKept, func() (policy PassPolicy, err error) {
		err = t.read(ctx, "read pass policy", func(ctx context.Context) error {
			answer, err := policies.NewPoliciesRequestBuilderInternal(map[string]string{}, t.adapter).
				AuthenticationMethodsPolicy().AuthenticationMethodConfigurations().
				ByAuthenticationMethodConfigurationId(passPolicyID).Get(ctx, nil)
			if err != nil {
				return err
			}
			policy, err = readPassPolicy(answer)
			return err
		})
		return policy, err
	})
}

func readPassPolicy(answer models.AuthenticationMethodConfigurationable) (p PassPolicy, err error) {
	configuration, ok := answer.(models.TemporaryAccessPassAuthenticationMethodConfigurationable)
	if !ok {
		return PassPolicy{}, errShape
	}
	state, err := must(configuration.GetState())
	if err != nil {
		return PassPolicy{}, err
	}
	p.Enabled = state == models.ENABLED_AUTHENTICATIONMETHODSTATE
	for _, bound := range []struct {
		from *int32
		to   *int
	}{
		{configuration.GetMinimumLifetimeInMinutes(), &p.MinMinutes},
		{configuration.GetMaximumLifetimeInMinutes(), &p.MaxMinutes},
		{configuration.GetDefaultLifetimeInMinutes(), &p.DefaultMinutes},
	} {
		minutes, err := must(bound.from)
		if err != nil {
			return PassPolicy{}, err
		}
		*bound.to = int(minutes)
	}
	return p, nil
}
