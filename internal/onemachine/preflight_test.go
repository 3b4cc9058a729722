package onemachine_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// checked waits until a check that began is over.
func (s *stage) checked(t *testing.T, id access.CustomerID) api.Preflight {
	t.Helper()
	var p api.Preflight
	require.NoError(t, until(patiently(t), func() (bool, error) {
		var err error
		p, err = s.ada.Preflight(t.Context(), id)
		return !p.CheckedAt.IsZero() && !p.Checking, err
	}))
	return p
}

// check asks for a check and waits for it.
func (s *stage) check(t *testing.T, id access.CustomerID) api.Preflight {
	t.Helper()
	p, err := s.ada.RunPreflight(t.Context(), id)
	require.NoError(t, err)
	require.True(t, p.Checking)
	return s.checked(t, id)
}

func codesOf(p api.Preflight) (codes []string) {
	for _, f := range p.Findings {
		if f.Severity != access.Info {
			codes = append(codes, f.Code+" "+f.Subject)
		}
	}
	return codes
}

// From the consent to the first grant: the tenant refuses what a consent alone does not allow, which is said before a grant
// could fail; an admin lets the app take the role for it, the worker dies on the way, and the grant works.
func TestPreflightAfterTheConsent(t *testing.T) {
	sideBySide(t)
	s := newStage(t, onemachine.Config{Split: true})
	ctx := patiently(t)
	customer, tenant := s.unconnected(t, "adventure", entrasim.Delays{})
	require.NoError(t, consent(t, s.Machine, s.ada, customer.ID, tenant))
	p := s.checked(t, customer.ID)
	require.Equal(t, []string{"password_reset_refused "}, codesOf(p))
	assert.Equal(t, access.HealthBlocked, p.Health)

	stored, err := s.Store.Customer(ctx, customer.ID)
	require.NoError(t, err)
	to := stored.Settings()
	longest, err := access.NewLifetime(4 * time.Hour)
	require.NoError(t, err)
	to.Limits, err = access.NewLimits(longest, longest)
	require.NoError(t, err)
	_, err = s.Store.ChangeCustomer(ctx, customer.ID, 0, to, store.Actor{})
	require.NoError(t, err)
	ask := func(key string) (api.Grant, error) {
		return s.ada.Request(ctx, key, api.GrantRequest{CustomerId: customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(lifetime / time.Second)})
	}
	_, err = ask("too-early")
	var problem *onemachine.Problem
	require.ErrorAs(t, err, &problem)
	assert.Equal(t, "/problems/customer-blocked", problem.Type)
	assert.Equal(t, http.StatusConflict, problem.Status)

	require.NoError(t, s.ada.Assert(ctx))
	require.NoError(t, s.Worker.Kill())
	_, err = s.ada.AllowUserAdministrator(ctx, customer.ID, true)
	require.NoError(t, err)
	require.NoError(t, s.Worker.Restart(ctx))
	p = s.checked(t, customer.ID)
	assert.Empty(t, codesOf(p))
	assert.True(t, p.HasTakenUserAdministrator)
	for _, profile := range p.Profiles {
		assert.Equal(t, access.VerdictWorks, profile.Verdict, profile.Name)
	}
	g, err := ask("now")
	require.NoError(t, err)
	require.NoError(t, until(ctx, func() (bool, error) {
		now, err := s.Store.Grant(ctx, g.Id)
		return now.State == access.Ended && now.Outcome == access.Expired, err
	}), "active, over, and proven off")
}

// What an admin of a customer can break is named, and said to be mended when it is.
func TestPreflightNamesWhatIsWrong(t *testing.T) {
	sideBySide(t)
	s := newStage(t, onemachine.Config{})
	settings := entrasim.Settings{Licence: entrasim.P2, TAPPolicy: passesAllowed}
	customer, err := s.AddCustomer(patiently(t), "Breakable", settings)
	require.NoError(t, err)
	tenant, app := customer.TenantID.String(), entrasim.SampleClientID
	require.Equal(t, access.HealthOK, s.check(t, customer.ID).Health)

	const domain = "breakable.example"
	chooseDomain := func(name string) error {
		now, err := s.Store.Customer(t.Context(), customer.ID)
		require.NoError(t, err)
		to := now.Settings()
		to.AccountDomain = name
		_, err = s.Store.ChangeCustomer(t.Context(), customer.ID, 0, to, store.Actor{})
		return err
	}
	secretEnds := func(at time.Time) error {
		spec := entrasim.SampleApp(s.PublicURL() + "/connect")
		spec.Secrets[0].Expires = at
		return s.Sim.RegisterApp(spec)
	}
	for _, c := range []struct {
		name        string
		wreck, mend func() error
		want        string
		everyGrant  bool
	}{
		{"pass policy off", func() error { return s.Sim.SetTAPPolicy(tenant, entrasim.TAPPolicy{}) },
			func() error { return s.Sim.SetTAPPolicy(tenant, passesAllowed) }, "pass_policy_off ", false},
		{"federated domain", func() error { return chooseDomain(domain) },
			func() error { return chooseDomain(customer.AccountDomain) }, "account_domain_federated ", false},
		{"missing permission", func() error { return s.Sim.RevokePermissions(tenant, app, "RoleManagement.ReadWrite.Directory") },
			func() error { return s.Sim.Consent(tenant, app) }, "permission_missing RoleManagement.ReadWrite.Directory", true},
		{"expired secret", func() error { return secretEnds(time.Now()) }, func() error { return secretEnds(time.Time{}) }, "credential_expired ", true},
		{"security defaults on", func() error { return s.Sim.SetSecurityDefaults(tenant, true) },
			func() error { return s.Sim.SetSecurityDefaults(tenant, false) }, "security_defaults_on ", false},
	} {
		if c.name == "federated domain" {
			require.NoError(t, s.Sim.AddDomain(tenant, entrasim.DomainSpec{Name: domain, Federated: true}))
		}
		require.NoError(t, c.wreck())
		p := s.check(t, customer.ID)
		assert.Equal(t, []string{c.want}, codesOf(p), c.name)
		assert.Equal(t, c.everyGrant, p.Health == access.HealthBlocked, c.name)
		require.NoError(t, c.mend())
		assert.Empty(t, codesOf(s.check(t, customer.ID)), "%s is mended", c.name)
	}
}
