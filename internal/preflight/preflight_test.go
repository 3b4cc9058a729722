package preflight

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
)

func TestATenantInWhichEverythingIsInOrder(t *testing.T) {
	s := newScene(t)
	p := s.check()
	assert.Empty(t, p.Findings)
	assert.Empty(t, p.Unread)
	assert.Equal(t, access.HealthOK, p.Health)
	assert.False(t, p.Checking)
	assert.Equal(t, s.clock.Now(), *p.CheckedAt)
	assert.Len(t, p.Profiles, 3)
}

// Whatever is wrong with a tenant is named, and no more than that.
func TestWhatIsWrongIsNamed(t *testing.T) {
	const contoso, app = entrasim.ContosoID, entrasim.SampleClientID
	policy := func(change func(*entrasim.TAPPolicy)) func(s *scene) error {
		return func(s *scene) error {
			p := entrasim.TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480}
			change(&p)
			return s.sim.SetTAPPolicy(contoso, p)
		}
	}
	register := func(edit func(*entrasim.AppSpec, *scene)) func(s *scene) error {
		return func(s *scene) error {
			spec := entrasim.SampleApp()
			edit(&spec, s)
			return s.sim.RegisterApp(spec)
		}
	}
	for name, c := range map[string]struct {
		break_ func(s *scene) error
		want   []string
		health access.Health
	}{
		"pass policy off": {policy(func(p *entrasim.TAPPolicy) { p.Enabled = false }), []string{"pass_policy_off"}, access.HealthWarning},
		"federated domain": {func(s *scene) error {
			s.chooseDomain("contoso.example")
			return s.sim.SetFederated("contoso.example", true)
		}, []string{"account_domain_federated"}, access.HealthWarning},
		"a domain that is not verified": {func(s *scene) error { s.chooseDomain("elsewhere.example"); return nil }, []string{"account_domain_missing"}, access.HealthBlocked},
		"missing permissions": {func(s *scene) error {
			return s.sim.RevokePermissions(contoso, app, "RoleManagement.ReadWrite.Directory", "User.Read.All")
		}, []string{"permission_missing RoleManagement.ReadWrite.Directory", "permission_missing User.Read.All"}, access.HealthBlocked},
		"a permission of passes missing": {func(s *scene) error { return s.sim.RevokePermissions(contoso, app, "Policy.Read.All") },
			[]string{"permission_missing Policy.Read.All"}, access.HealthWarning},
		"more permissions than asked for": {func(s *scene) error {
			return s.sim.Consent(contoso, app, append([]string{"Mail.Read"}, entrasim.SamplePermissions...)...)
		}, []string{"permission_extra Mail.Read"}, access.HealthWarning},
		"expired secret":                    {register(func(a *entrasim.AppSpec, s *scene) { a.Secrets[0].Expires = s.clock.Now() }), []string{"credential_expired"}, access.HealthBlocked},
		"a secret that ends in three weeks": {func(s *scene) error { s.secretEnds(21 * 24 * time.Hour); return nil }, []string{"credential_expiring 30"}, access.HealthWarning},
		"a certificate, or a secret, whose end is over": {func(s *scene) error {
			s.secretEnds(-time.Hour)
			return register(func(a *entrasim.AppSpec, _ *scene) { a.Secrets[0].Value = "another" })(s)
		}, []string{"credential_expired"}, access.HealthBlocked},
		"a secret that was taken away": {register(func(a *entrasim.AppSpec, _ *scene) { a.Secrets[0].Value = "another" }),
			[]string{"credential_refused"}, access.HealthBlocked},
		"security defaults on": {func(s *scene) error { return s.sim.SetSecurityDefaults(contoso, true) }, []string{"security_defaults_on"}, access.HealthWarning},
		"consent taken back":   {func(s *scene) error { return s.sim.RevokeConsent(contoso, app) }, []string{"consent_gone"}, access.HealthBlocked},
		"app switched off":     {func(s *scene) error { return s.sim.DisableApp(contoso, app, true) }, []string{"app_disabled"}, access.HealthBlocked},
		"passes for one use":   {policy(func(p *entrasim.TAPPolicy) { p.OneTimeOnly = true }), []string{"pass_one_time_only"}, access.HealthWarning},
		"passes of one hour":   {policy(func(p *entrasim.TAPPolicy) { p.MaxMinutes = 60 }), []string{"pass_too_short"}, access.HealthWarning},
		"passes for others": {func(s *scene) error {
			group, err := s.sim.AddGroup(contoso, entrasim.GroupSpec{Name: "Others"})
			require.NoError(s.t, err)
			return policy(func(p *entrasim.TAPPolicy) { p.IncludeGroups = []string{group} })(s)
		}, []string{"pass_not_for_accounts"}, access.HealthWarning},
		"passes for a group with our accounts": {func(s *scene) error {
			group, err := s.sim.AddGroup(contoso, entrasim.GroupSpec{Name: "Ours", Members: []string{s.sim.Users(contoso)[0].ID}})
			require.NoError(s.t, err)
			return policy(func(p *entrasim.TAPPolicy) { p.IncludeGroups = []string{group} })(s)
		}, nil, access.HealthOK},
		"a role that only another tenant has": {func(s *scene) error {
			odd := s.passOnly
			odd.Roles = append(odd.Roles, access.MustID[access.RoleID]("44444444-4444-4444-8444-444444444444"))
			return s.store.ChangeProfile(s.t.Context(), odd, s.admin)
		}, []string{"role_missing 44444444-4444-4444-8444-444444444444"}, access.HealthWarning},
		"no User Administrator": {func(s *scene) error {
			return s.sim.RemoveRoleFromServicePrincipal(contoso, app, entrasim.RoleUserAdministrator)
		}, []string{"password_reset_refused"}, access.HealthBlocked},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			require.Equal(t, access.HealthOK, s.check().Health, "the test itself: it was in order")
			s.clock.Advance(time.Hour) // tokens of before are over
			require.NoError(t, c.break_(s))
			p := s.check()
			assert.Equal(t, c.want, codes(p))
			assert.Equal(t, c.health, p.Health)
			for _, f := range p.Findings {
				assert.NotEmpty(t, f.Sentence)
				assert.True(t, f.Severity == access.Info || f.Action != "", "%s says what mends it", f.Code)
				assert.True(t, f.Link == "" || strings.HasPrefix(f.Link, "https://entra.microsoft.com/"), f.Link)
				if strings.HasPrefix(string(f.Code), "credential_") {
					assert.True(t, strings.HasSuffix(f.Link, entrasim.SampleClientID), f.Link)
				}
			}
			_, _, err := s.store.RequestGrant(t.Context(), s.request(s.passwordOnly))
			assert.Equal(t, c.health == access.HealthBlocked, err != nil, "%v", err)
		})
	}
}

// secretEnds is what the operator says of the deployment's secret.
func (s *scene) secretEnds(in time.Duration) {
	require.NoError(s.t, s.store.NoteDeploymentApp(s.t.Context(), store.DeploymentApp{
		ClientID: access.MustID[access.ClientID](entrasim.SampleClientID), Kind: access.AppSecret, ExpiresAt: new(s.clock.Now().Add(in)),
	}))
}

// chooseDomain is what an admin does in the customer's settings.
func (s *scene) chooseDomain(domain string) {
	to := s.customer.Settings()
	to.AccountDomain = domain
	var err error
	s.customer, err = s.store.ChangeCustomer(s.t.Context(), s.customer.ID, 0, to, s.admin)
	require.NoError(s.t, err)
}

func (s *scene) request(p access.Profile) store.NewGrant {
	return store.NewGrant{
		ID: newID[access.GrantID](s.t), AccountID: newID[access.AccountID](s.t), Marker: access.NewMarker([8]byte{1}), PersonID: s.admin.PersonID,
		CustomerID: s.customer.ID, ProfileID: p.ID, IdempotencyKey: uuid.NewString(), WrappedKey: []byte("wrapped"), Waiting: time.Hour,
	}
}

func TestAPermissionThatWasThereAtTheConnectionIsCalledLost(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.sim.RevokePermissions(entrasim.ContosoID, entrasim.SampleClientID, "Policy.Read.All"))
	assert.NotContains(t, s.check().Findings[0].Sentence, "It was there")

	n := store.NewAttempt{
		ID: newID[access.AttemptID](t), CustomerID: s.customer.ID, TenantID: s.customer.TenantID, StateHash: [32]byte{1}, SessionID: [32]byte{1},
		ExpiresAt: s.clock.Now().Add(time.Minute),
	}
	require.NoError(t, s.store.BeginConnection(t.Context(), n, s.admin))
	_, err := s.store.TakeConsent(t.Context(), store.Callback{
		ID: "callback", StateHash: n.StateHash, CustomerID: n.CustomerID, SessionID: n.SessionID, By: s.admin, TenantID: n.TenantID,
	})
	require.NoError(t, err)
	require.NoError(t, s.store.Connect(t.Context(), n.ID, store.Verified{
		TenantID: n.TenantID, Permissions: entrasim.SamplePermissions, AccountDomain: s.customer.AccountDomain,
	}))
	assert.Contains(t, s.round().Findings[0].Sentence, "It was there", "and connecting made a check due")
}

// The app takes User Administrator only where it is refused without it and an admin allowed it, and returns it when the
// admin takes that back; each step is in the audit log.
func TestTheAppTakesARoleForItself(t *testing.T) {
	s := newScene(t)
	require.Equal(t, access.HealthOK, s.check().Health)
	require.NoError(t, s.store.AllowAppRole(t.Context(), s.customer.ID, true, s.admin))
	assert.Equal(t, access.HealthOK, s.round().Health)
	assert.Equal(t, []audit.Action{audit.AppRoleAllowed}, s.actions("app_role."), "it was not refused")

	require.NoError(t, s.store.AllowAppRole(t.Context(), s.customer.ID, false, s.admin))
	s.round()
	require.NoError(t, s.sim.RemoveRoleFromServicePrincipal(entrasim.ContosoID, entrasim.SampleClientID, entrasim.RoleUserAdministrator))
	p := s.check()
	assert.Equal(t, []string{"password_reset_refused"}, codes(p))
	assert.Contains(t, p.Findings[0].Action, "Allow Hourglass")
	assert.Equal(t, s.clock.Now().Add(soon), *p.NextAt, "no grant works: it is looked at again soon")
	assert.Zero(t, s.calls("POST /roleManagement/directory/roleAssignments"))

	require.NoError(t, s.store.AllowAppRole(t.Context(), s.customer.ID, true, s.admin))
	p = s.round()
	assert.Empty(t, codes(p))
	assert.True(t, p.HasRole)
	assert.Equal(t, access.HealthOK, p.Health)
	s.check()
	assert.Equal(t, 1, s.calls("POST /roleManagement/directory/roleAssignments"), "once")

	require.NoError(t, s.store.AllowAppRole(t.Context(), s.customer.ID, false, s.admin))
	p = s.round()
	assert.False(t, p.HasRole)
	assert.Equal(t, []string{"password_reset_refused"}, codes(p))
	assert.Equal(t, []audit.Action{
		audit.AppRoleAllowed, audit.AppRoleForbidden, audit.AppRoleAllowed, audit.AppRoleTaken, audit.AppRoleForbidden, audit.AppRoleReturned,
	}, s.actions("app_role."))
}

// A consent that is taken back and given anew makes the app another object in the tenant: its role is lost. That is seen at the next
// check, although a reset had worked a moment ago, and taken again where that is allowed, with a record of its own.
func TestARoleThatANewConsentLostIsSaid(t *testing.T) {
	s := newScene(t)
	require.Equal(t, access.HealthOK, s.check().Health)
	renew := func() {
		t.Helper()
		require.NoError(t, s.sim.RevokeConsent(entrasim.ContosoID, entrasim.SampleClientID))
		assert.Equal(t, []string{"consent_gone"}, codes(s.check()))
		require.NoError(t, s.sim.Consent(entrasim.ContosoID, entrasim.SampleClientID))
	}
	renew()
	for range 2 { // and it stays so
		p := s.check()
		assert.Equal(t, []string{"password_reset_refused"}, codes(p))
		assert.Contains(t, p.Findings[0].Sentence, "another object")
		assert.Contains(t, p.Findings[0].Action, "again, or allow Hourglass")
	}
	require.NoError(t, s.store.AllowAppRole(t.Context(), s.customer.ID, true, s.admin))
	assert.Empty(t, codes(s.round()))
	renew()
	assert.Empty(t, codes(s.check()))
	assert.Equal(t, []audit.Action{audit.AppRoleAllowed, audit.AppRoleTaken, audit.AppRoleReturned, audit.AppRoleTaken}, s.actions("app_role."))
}

// One refusal blocks nobody: the key that was asked with may have been replaced a moment ago.
func TestARefusalOfTheAppIsAskedTwice(t *testing.T) {
	s := newScene(t)
	spec := entrasim.SampleApp()
	spec.Secrets[0].Value = "another"
	require.NoError(t, s.sim.RegisterApp(spec))
	asked := s.checker.confirmAfter
	s.checker.confirmAfter = time.Second
	s.log.when("refused once", func() { _ = s.sim.RegisterApp(entrasim.SampleApp()) })
	assert.Equal(t, access.HealthOK, s.check().Health)
	s.checker.confirmAfter = asked
}

func TestARoleThatCannotBeTakenIsSaid(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.sim.RemoveRoleFromServicePrincipal(entrasim.ContosoID, entrasim.SampleClientID, entrasim.RoleUserAdministrator))
	_, err := s.sim.AddFault(entrasim.Fault{Tenant: entrasim.ContosoID, Method: "POST", Path: "/roleAssignments$", Kind: entrasim.FaultKind("refuse"), Status: 403})
	require.NoError(t, err)
	require.NoError(t, s.store.AllowAppRole(t.Context(), s.customer.ID, true, s.admin))
	p := s.round()
	assert.Equal(t, []string{"password_reset_refused"}, codes(p))
	assert.Contains(t, p.Findings[0].Action, "could not")
}

// The account on which resets are tried is one, is disabled, and holds nothing, whatever is lost on the way.
func TestTheProbe(t *testing.T) {
	probe := func(s *scene) entrasim.Account {
		users := s.sim.Users(entrasim.ContosoID)
		require.Len(s.t, users, 1)
		assert.True(s.t, strings.HasPrefix(users[0].UPN, "hg-preflight-"), users[0].UPN)
		assert.False(s.t, users[0].AccountEnabled)
		assert.Empty(s.t, users[0].Roles)
		return users[0]
	}
	t.Run("is kept, and tried once a day or when somebody asks", func(t *testing.T) {
		s := newScene(t)
		s.check()
		before := probe(s)
		s.chooseDomain("contoso.example")
		s.check()
		after := probe(s)
		assert.Equal(t, before.ID, after.ID)
		require.Equal(t, 2, s.calls("PATCH /users/{id}"))
		s.clock.Advance(27 * time.Hour)
		s.round()
		assert.Equal(t, 3, s.calls("PATCH /users/{id}"))
		assert.Equal(t, 1, s.calls("POST /users"))
	})
	for kind, created := range map[entrasim.FaultKind]int{entrasim.DropAfter: 1, entrasim.DropBefore: 2} {
		t.Run("is found again after "+string(kind), func(t *testing.T) {
			s := newScene(t)
			_, err := s.sim.AddFault(entrasim.Fault{Tenant: entrasim.ContosoID, Method: "POST", Path: "^/users$", Kind: kind, Count: 1})
			require.NoError(t, err)
			assert.Contains(t, s.check().Unread, access.FactPasswordReset)
			s.clock.Advance(soon)
			assert.Empty(t, s.round().Unread, "looked at again soon")
			probe(s)
			assert.Equal(t, created, s.calls("POST /users"))
		})
	}
	t.Run("waits for replicas that have not heard of it", func(t *testing.T) {
		s := newScene(t)
		require.NoError(t, s.sim.SetDelays(entrasim.ContosoID, entrasim.Delays{ReadAfterWrite: entrasim.Duration(30 * time.Second)}))
		p := s.check()
		assert.Equal(t, []access.Fact{access.FactPasswordReset}, p.Unread)
		assert.Equal(t, s.clock.Now().Add(verySoon), *p.NextAt)
		s.clock.Advance(verySoon)
		assert.Equal(t, access.HealthOK, s.round().Health)
		probe(s)
	})
	t.Run("is switched off again, and made again where it was deleted", func(t *testing.T) {
		s := newScene(t)
		s.check()
		require.NoError(t, s.sim.UpdateUser(entrasim.ContosoID, probe(s).ID, entrasim.ChangeUser{AccountEnabled: new(true)}))
		s.check()
		require.NoError(t, s.sim.DeleteUser(entrasim.ContosoID, probe(s).ID))
		assert.Equal(t, access.HealthOK, s.check().Health)
		probe(s)
	})
	t.Run("with roles given by hand says nothing about the app", func(t *testing.T) {
		s := newScene(t)
		s.check()
		require.NoError(t, s.sim.AssignRole(entrasim.ContosoID, probe(s).ID, entrasim.RoleGlobalAdministrator))
		require.NoError(t, s.store.AllowAppRole(t.Context(), s.customer.ID, true, s.admin))
		assert.Equal(t, []access.Fact{access.FactPasswordReset}, s.round().Unread)
		assert.NotContains(t, s.actions("app_role."), audit.AppRoleTaken)
	})
	t.Run("moves where its domain is federated", func(t *testing.T) {
		s := newScene(t)
		s.chooseDomain("contoso.example")
		s.check()
		require.NoError(t, s.sim.SetFederated("contoso.example", true))
		federated := s.check()
		assert.Equal(t, []string{"account_domain_federated"}, codes(federated))
		assert.Empty(t, federated.Unread, "nobody can try a reset there")
		assert.True(t, federated.NextAt.After(s.clock.Now().Add(earliestAgain-time.Second)), "so that nothing is to be read anew soon")
		for _, p := range federated.Profiles {
			if p.ID == s.passOnly.ID {
				assert.Equal(t, access.VerdictWorks, p.Verdict)
			}
		}
		s.chooseDomain("contoso.onmicrosoft.com")
		assert.Equal(t, access.HealthOK, s.check().Health)
		assert.Len(t, s.sim.Users(entrasim.ContosoID), 1, "the one of before is deleted")
	})
}

// Nothing fails open: what cannot be read is named, and what was found before stands until somebody has seen it mended.
func TestAFactThatCannotBeReadIsNamed(t *testing.T) {
	for path, want := range map[string]access.Fact{
		"/organization": access.FactDomains, "/subscribedSkus": access.FactLicence, "SecurityDefaults": access.FactSecurityDefaults,
		"TemporaryAccessPass": access.FactPassPolicy, "/roleDefinitions": access.FactRoles, "^/users": access.FactPasswordReset,
	} {
		for _, kind := range []entrasim.FaultKind{"refuse", "throttle", "dropBefore"} {
			t.Run(string(want)+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				s := newScene(t)
				require.NoError(t, s.sim.SetTAPPolicy(entrasim.ContosoID, entrasim.TAPPolicy{}))
				require.NoError(t, s.sim.SetSecurityDefaults(entrasim.ContosoID, true))
				before := s.check()
				require.Equal(t, []string{"pass_policy_off", "security_defaults_on"}, codes(before))
				_, err := s.sim.AddFault(entrasim.Fault{Tenant: entrasim.ContosoID, Path: "(?i)" + path, Kind: kind, Status: 503})
				require.NoError(t, err)
				p := s.check()
				assert.Contains(t, p.Unread, want)
				assert.Equal(t, codes(before), codes(p))
				assert.Equal(t, s.clock.Now().Add(soon), *p.NextAt)
				assert.NotContains(t, s.actions("finding."), audit.FindingMended)

				s.sim.ClearFaults()
				require.NoError(t, s.sim.SetTAPPolicy(entrasim.ContosoID, entrasim.TAPPolicy{Enabled: true, MinMinutes: 10}))
				require.NoError(t, s.sim.SetSecurityDefaults(entrasim.ContosoID, false))
				s.clock.Advance(soon)
				p = s.round()
				assert.Empty(t, codes(p))
				assert.Empty(t, p.Unread)
			})
		}
	}
}

func TestATenantThatNobodyCouldReadIsUnknownAndNotBlocked(t *testing.T) {
	s := newScene(t)
	s.checker.entra = s.newChecker().entra
	require.NoError(t, s.sim.Close())
	p := s.check()
	assert.Equal(t, access.HealthUnknown, p.Health)
	assert.Len(t, p.Unread, 9)
	_, _, err := s.store.RequestGrant(t.Context(), s.request(s.passOnly))
	assert.NoError(t, err)
}

// Daily, at a moment of the day of each customer's own.
func TestATenantIsCheckedDaily(t *testing.T) {
	s := newScene(t)
	moments := map[time.Duration]bool{}
	for range 20 {
		id := uuid.NewString()
		s.addTenant(id, "t"+id[:8])
		c := s.addCustomer("t"+id[:8], id)
		require.NoError(t, s.store.RequestPreflight(t.Context(), c.ID, s.admin))
		s.checker.Round(t.Context())
		p, err := s.store.Preflight(t.Context(), c.ID)
		require.NoError(t, err)
		in := p.NextAt.Sub(s.clock.Now())
		assert.True(t, earliestAgain <= in && in < earliestAgain+spread, "%s", in)
		moments[in] = true
	}
	assert.Greater(t, len(moments), 15)
}

// Whoever dies in the middle only delays the check.
func TestAStoppedWorkersCheckIsMadeByTheNext(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.store.RequestPreflight(t.Context(), s.customer.ID, s.admin))
	ctx, stop := context.WithCancel(t.Context())
	s.sim.OnExchange(func(entrasim.Exchange) { stop() })
	s.checker.Round(ctx)
	assert.Nil(t, s.preflight().CheckedAt)
	assert.True(t, s.preflight().Checking)
	s.checker = s.newChecker()
	s.round()
	assert.Nil(t, s.preflight().CheckedAt, "it is leased")
	s.clock.Advance(lease)
	assert.Equal(t, access.HealthOK, s.round().Health)
}

func TestSeveralWorkersCheckATenantOnce(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.store.RequestPreflight(t.Context(), s.customer.ID, s.admin))
	var reading reading
	workers := make([]func(), 6)
	for i := range workers {
		checker := s.newChecker()
		workers[i] = func() { checker.Round(t.Context()) }
	}
	reading.all(workers...)
	assert.Equal(t, 1, s.calls("GET /organization"))
	assert.Equal(t, access.HealthOK, s.preflight().Health)
}
