package entra

import (
	"context"
	"slices"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"

	"hourglass/internal/access"
)

const (
	passPolicyKept = 5 * time.Minute
	passPolicyID   = "TemporaryAccessPass"
	// allUsers is the id of the target that means everybody (authenticationMethodTarget).
	allUsers = "all_users"
)

// PassPolicy is the tenant's policy for Temporary Access Passes.
type PassPolicy struct {
	Enabled                                bool
	MinMinutes, MaxMinutes, DefaultMinutes int
	// OneTimeOnly: a pass that can be used more than once is refused.
	OneTimeOnly bool
	// Targets are whom the policy includes; nil where the answer names something that is neither everybody nor a group.
	Targets *PassTargets
}

// PassTargets are whom the policy includes: Microsoft issues a pass to anybody, but lets only those sign in with it.
type PassTargets struct {
	Everybody        bool
	Include, Exclude []access.ObjectID // groups
}

// Has reports whether somebody who is in these groups is included.
func (p PassTargets) Has(groups []access.ObjectID) bool {
	among := func(targets []access.ObjectID) bool {
		return slices.ContainsFunc(targets, func(id access.ObjectID) bool { return slices.Contains(groups, id) })
	}
	return (p.Everybody || among(p.Include)) && !among(p.Exclude)
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
	if p.OneTimeOnly, err = must(configuration.GetIsUsableOnce()); err != nil {
		return PassPolicy{}, err
	}
	// Whom the policy includes does not matter for issuing a pass, so that a target which cannot be read fails nothing here.
	if targets, err := readTargets(configuration); err == nil {
		p.Targets = &targets
	}
	return p, nil
}

func readTargets(configuration models.TemporaryAccessPassAuthenticationMethodConfigurationable) (t PassTargets, err error) {
	for _, target := range configuration.GetIncludeTargets() {
		if target == nil {
			return PassTargets{}, errShape
		}
		if optional(target.GetId()) == allUsers {
			t.Everybody = true
			continue
		}
		var group access.ObjectID
		if err := readID(&group, target.GetId()); err != nil {
			return PassTargets{}, err
		}
		t.Include = append(t.Include, group)
	}
	for _, target := range configuration.GetExcludeTargets() {
		if target == nil {
			return PassTargets{}, errShape
		}
		var group access.ObjectID
		if err := readID(&group, target.GetId()); err != nil {
			return PassTargets{}, err
		}
		t.Exclude = append(t.Exclude, group)
	}
	return t, nil
}

// SecurityDefaults reports whether Microsoft's security defaults are on.
func (t *Tenant) SecurityDefaults(ctx context.Context) (on bool, err error) {
	err = t.read(ctx, "read security defaults", func(ctx context.Context) error {
		answer, err := policies.NewPoliciesRequestBuilderInternal(map[string]string{}, t.adapter).
			IdentitySecurityDefaultsEnforcementPolicy().Get(ctx, nil)
		if err != nil {
			return err
		}
		if answer == nil {
			return errShape
		}
		on, err = must(answer.GetIsEnabled())
		return err
	})
	return on, err
}
