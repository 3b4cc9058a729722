package entra_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

// TestConformance holds client and stand-in against each other, TestLive the client and a real tenant.
func TestConformance(t *testing.T) {
	w := newStandIn(t)
	for _, s := range conformance {
		t.Run(s.name, func(t *testing.T) { s.run(t, w) })
	}
}

// conformance runs in any world.
var conformance = []struct {
	name string
	run  func(*testing.T, world)
}{
	{"a new account is disabled, marked and found", newAccountIsFound},
	{"a name that is taken is a conflict", nameIsTaken},
	{"what does not exist is not found", nothingThere},
	{"two accounts with one marker are a conflict", markerTwice},
	{"account and password change separately", separatePatches},
	{"revoking voids earlier sign-ins", revocation},
	{"a new pass replaces the old one", passes},
	{"every sign-in method can be removed", methods},
	{"a direct role comes and goes", directRoles},
	{"a scheduled role comes, moves its end and goes", scheduledRoles},
	{"a role given by hand is listed and removed", rolesByHand},
	{"role-assignable groups are listed and left", groups},
	{"groups are listed, also through other groups", memberships},
	{"a privileged account cannot be touched until its role is gone", privilegedTarget},
	{"an account is deleted and its name is free", deletion},
	{"the organization is the tenant (right-tenant)", theOrganization},
	{"a tenant without a licence has no PIM", withoutLicence},
	{"a tenant with Entra ID P2 has PIM", withLicence},
	{"a certificate proves the app too", certificate},
	{"the tenant tells what pre-flight asks", theTenant},
	{"the app takes a role for itself and returns it", ownRole},
}

func newAccountIsFound(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant := w.client(t).Tenant(p.id)
	n := newAccount(t, p)
	created, err := tenant.CreateAccount(t.Context(), n)
	require.NoError(t, err)
	assert.Equal(t, n.UPN.String(), created.UserName)
	assert.Equal(t, n.Marker.String(), created.Marker)
	assert.False(t, created.Enabled)

	read := known(t, w, tenant, created.ID)
	assert.Equal(t, created.ID, read.ID)
	assert.Equal(t, n.UPN.String(), read.UserName)
	assert.Equal(t, n.Marker.String(), read.Marker)
	assert.False(t, read.Enabled)
	soon(t, w, func(c *assert.CollectT) {
		found, err := tenant.FindAccount(t.Context(), n.Marker)
		require.NoError(c, err)
		assert.Equal(c, read, found)
	})
	named, err := tenant.AccountNamed(t.Context(), n.UPN)
	require.NoError(t, err)
	assert.Equal(t, read, named)

	seen := w.look(t, p, created.ID)
	assert.False(t, seen.enabled)
	assert.Zero(t, seen.roles)
	methods, err := tenant.Methods(t.Context(), created.ID)
	require.NoError(t, err)
	assert.Empty(t, methods, "the password is not listed")
}

func nameIsTaken(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant := w.client(t).Tenant(p.id)
	first, second := newAccount(t, p), newAccount(t, p)
	_, err := tenant.CreateAccount(t.Context(), first)
	require.NoError(t, err)
	second.UPN = first.UPN
	_, err = tenant.CreateAccount(t.Context(), second)
	e := requireKind(t, entra.Conflict, err)
	assert.Equal(t, "userPrincipalName", e.Target)
	assert.NotEmpty(t, e.RequestID)
}

func nothingThere(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant := w.client(t).Tenant(p.id)
	n := newAccount(t, p)
	_, err := tenant.Account(t.Context(), nobody)
	requireKind(t, entra.NotFound, err)
	_, err = tenant.AccountNamed(t.Context(), n.UPN)
	requireKind(t, entra.NotFound, err)
	_, err = tenant.FindAccount(t.Context(), n.Marker)
	requireKind(t, entra.NotFound, err)
	requireKind(t, entra.NotFound, tenant.SetEnabled(t.Context(), nobody, true))
	requireKind(t, entra.NotFound, tenant.RevokeSessions(t.Context(), nobody))
	_, err = tenant.IssuePass(t.Context(), nobody, 60)
	requireKind(t, entra.NotFound, err)
	_, err = tenant.Methods(t.Context(), nobody)
	requireKind(t, entra.NotFound, err)
}

func markerTwice(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant := w.client(t).Tenant(p.id)
	first, second := newAccount(t, p), newAccount(t, p)
	second.Marker = first.Marker
	for _, n := range []entra.NewAccount{first, second} {
		created, err := tenant.CreateAccount(t.Context(), n)
		require.NoError(t, err)
		known(t, w, tenant, created.ID)
	}
	soon(t, w, func(c *assert.CollectT) {
		_, err := tenant.FindAccount(t.Context(), first.Marker)
		assert.Equal(c, "employeeId", requireKind(c, entra.Conflict, err).Target)
	})
}

func separatePatches(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant, account := settled(t, w, p)
	before := w.look(t, p, account.ID)
	require.NoError(t, tenant.SetEnabled(t.Context(), account.ID, true))
	soon(t, w, func(c *assert.CollectT) {
		enabled := w.look(t, p, account.ID)
		assert.True(c, enabled.enabled)
		assert.Equal(c, before.passwordSet, enabled.passwordSet)
	})
	require.NoError(t, tenant.SetPassword(t.Context(), account.ID, newPassword(t)))
	soon(t, w, func(c *assert.CollectT) {
		changed := w.look(t, p, account.ID)
		assert.True(c, changed.enabled)
		assert.True(c, changed.passwordSet.After(before.passwordSet))
	})
	require.NoError(t, tenant.SetEnabled(t.Context(), account.ID, false))
	soon(t, w, func(c *assert.CollectT) {
		read, err := tenant.Account(t.Context(), account.ID)
		require.NoError(c, err)
		assert.False(c, read.Enabled)
	})
}

func revocation(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant, account := settled(t, w, p)
	before := account.SessionsValidFrom
	require.NoError(t, tenant.RevokeSessions(t.Context(), account.ID))
	soon(t, w, func(c *assert.CollectT) {
		after, err := tenant.Account(t.Context(), account.ID)
		require.NoError(c, err)
		assert.True(c, after.SessionsValidFrom.After(before), "%s is not after %s", after.SessionsValidFrom, before)
	})
}

func passes(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant, account := settled(t, w, p)
	policy, err := tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	require.True(t, policy.Enabled)
	require.Less(t, policy.MinMinutes, policy.MaxMinutes)

	first, err := tenant.IssuePass(t.Context(), account.ID, policy.MinMinutes)
	require.NoError(t, err)
	assert.False(t, first.Value.IsZero())
	assert.WithinDuration(t, time.Now().Add(time.Duration(policy.MinMinutes)*time.Minute), first.EndsAt, 2*time.Minute)
	second, err := tenant.IssuePass(t.Context(), account.ID, policy.MaxMinutes)
	require.NoError(t, err)
	assert.InDelta(t, policy.MaxMinutes-policy.MinMinutes, second.EndsAt.Sub(first.EndsAt).Minutes(), 1)

	want := entra.Method{ID: second.MethodID, Type: "temporaryAccessPassAuthenticationMethod"}
	soon(t, w, func(c *assert.CollectT) {
		listed, err := tenant.Methods(t.Context(), account.ID)
		require.NoError(c, err)
		assert.Equal(c, []entra.Method{want}, listed)
	})
	for _, minutes := range []int{policy.MinMinutes - 1, policy.MaxMinutes + 1} {
		_, err = tenant.IssuePass(t.Context(), account.ID, minutes)
		requireKind(t, entra.PolicyRefused, err)
	}
	require.NoError(t, tenant.RemoveMethod(t.Context(), account.ID, want))
	require.NoError(t, tenant.RemoveMethod(t.Context(), account.ID, want), "a missing one counts as removed")
	soon(t, w, func(c *assert.CollectT) { assert.Zero(c, w.look(t, p, account.ID).methods) })
}

func methods(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant, account := settled(t, w, p)
	collections := []string{
		"phoneMethods", "microsoftAuthenticatorMethods", "softwareOathMethods", "hardwareOathMethods", "fido2Methods",
		"windowsHelloForBusinessMethods", "platformCredentialMethods", "emailMethods", "externalAuthenticationMethods",
	}
	for _, collection := range collections {
		w.registerMethod(t, p, account.ID, collection)
	}
	_, err := tenant.IssuePass(t.Context(), account.ID, 60)
	require.NoError(t, err)
	listed, err := tenant.Methods(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, listed, len(collections)+1)

	var last []entra.Method
	for _, m := range listed {
		if err := tenant.RemoveMethod(t.Context(), account.ID, m); err != nil {
			requireKind(t, entra.Conflict, err)
			last = append(last, m)
		}
	}
	require.Len(t, last, 1, "the default method goes last")
	require.NoError(t, tenant.RemoveMethod(t.Context(), account.ID, last[0]))
	assert.Zero(t, w.look(t, p, account.ID).methods)

	err = tenant.RemoveMethod(t.Context(), account.ID, entra.Method{ID: "x", Type: "qrCodePinAuthenticationMethod"})
	assert.Equal(t, "qrCodePinAuthenticationMethod", requireKind(t, entra.Invalid, err).Target)
}

func theOrganization(t *testing.T, w world) {
	p := w.anywhere(t)
	o, err := w.client(t).Tenant(p.id).Organization(t.Context())
	require.NoError(t, err)
	assert.Equal(t, p.id, o.TenantID)
	assert.NotEmpty(t, o.Name)
	var standard, initial int
	for _, d := range o.Domains {
		if d.Default {
			standard++
		}
		if d.Initial {
			initial++
			assert.True(t, d.Managed, d.Name)
			assert.True(t, strings.HasSuffix(d.Name, ".onmicrosoft.com"), d.Name)
		}
		if d.Name == p.domain {
			assert.True(t, d.Managed, d.Name)
		}
	}
	assert.Equal(t, []int{1, 1}, []int{standard, initial}, "%+v", o.Domains)
	assert.True(t, slices.ContainsFunc(o.Domains, func(d entra.Domain) bool { return d.Name == p.domain }))
}

func withoutLicence(t *testing.T, w world) { licensed(t, w, w.free(t), access.LicenceFree, false) }
func withLicence(t *testing.T, w world)    { licensed(t, w, w.premium(t), access.LicenceP2, true) }

func licensed(t *testing.T, w world, p place, want access.Licence, wantPIM bool) {
	tenant := w.client(t).Tenant(p.id)
	licence, err := tenant.Licence(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, licence)
	pim, err := tenant.HasPIM(t.Context())
	require.NoError(t, err)
	assert.Equal(t, wantPIM, pim)
}

func theTenant(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant := w.client(t).Tenant(p.id)
	app, err := tenant.App(t.Context())
	require.NoError(t, err)
	assert.False(t, app.PrincipalID.IsZero())
	assert.False(t, app.ClientID.IsZero())
	for _, p := range entra.Permissions {
		assert.Contains(t, app.Permissions, p.Name)
	}
	defaults, err := tenant.SecurityDefaults(t.Context())
	require.NoError(t, err)
	assert.Equal(t, w.securityDefaults(t, p), defaults)
	definitions, err := tenant.RoleDefinitions(t.Context())
	require.NoError(t, err)
	assert.Contains(t, definitions, entra.RoleDefinition{ID: helpdesk, Name: "Helpdesk Administrator", BuiltIn: true, Enabled: true})
	roles, err := tenant.DefinedRoles(t.Context())
	require.NoError(t, err)
	for _, role := range []access.RoleID{helpdesk, exchange, sharepoint} {
		assert.Contains(t, roles, role)
	}
}

func memberships(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant, account := settled(t, w, p)
	inner := w.group(t, p, newGroup{members: []access.ObjectID{account.ID}})
	outer := w.group(t, p, newGroup{inside: inner})
	w.group(t, p, newGroup{})
	groups, err := tenant.MemberOf(t.Context(), account.ID)
	require.NoError(t, err)
	assert.ElementsMatch(t, []access.ObjectID{inner, outer}, groups)
}

func ownRole(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant := w.client(t).Tenant(p.id)
	app, err := tenant.App(t.Context())
	require.NoError(t, err)
	holds := func(want bool) {
		soon(t, w, func(c *assert.CollectT) {
			held, err := tenant.Roles(t.Context(), app.PrincipalID)
			require.NoError(c, err)
			assert.Equal(c, want, slices.Contains(rolesOf(held), helpdesk))
		})
	}
	for range 2 {
		require.NoError(t, tenant.TakeRole(t.Context(), app.PrincipalID, helpdesk), "what it holds counts as taken")
		holds(true)
	}
	for range 2 {
		require.NoError(t, tenant.ReturnRole(t.Context(), app.PrincipalID, helpdesk), "a missing one counts as returned")
		holds(false)
	}
}

func rolesOf(held []entra.HeldRole) (ids []access.RoleID) {
	for _, r := range held {
		ids = append(ids, r.RoleID)
	}
	return ids
}

func certificate(t *testing.T, w world) {
	file := w.certificate(t)
	tenant := w.client(t, func(c *entra.Config) { c.ClientSecret, c.ClientCertificateFile = access.Secret{}, file }).Tenant(w.anywhere(t).id)
	permissions, err := tenant.Permissions(t.Context())
	require.NoError(t, err)
	assert.Contains(t, permissions, "User.ReadWrite.All")
	_, err = tenant.Organization(t.Context())
	require.NoError(t, err)
}
