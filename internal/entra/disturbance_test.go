package entra_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

func TestDisturbances(t *testing.T) {
	w := newStandIn(t)
	for _, s := range disturbances {
		t.Run(s.name, func(t *testing.T) {
			t.Cleanup(w.calm)
			s.run(t, w)
		})
	}
}

// disturbances are what only happens on bad days. They need a world that can have them.
var disturbances = []struct {
	name string
	run  func(*testing.T, disturbed)
}{
	{"a replica that lags does not know a new account", readAfterWrite},
	{"an account whose creation was not answered is found by its marker", ambiguousCreation},
	{"writes that were not answered can be repeated", ambiguousWrites},
	{"throttling says how long, where Microsoft does", throttling},
	{"an outage is unavailable", outage},
	{"the pass policy can be off", passPolicyOff},
	{"the pass policy tells for whom and how often", passPolicyDetails},
	{"what is kept is read anew when asked to", readAnew},
	{"PIM that does not know the account yet leaves the direct role", pimLags},
	{"a tenant without a licence is never asked for PIM", freeNeverAsksPIM},
	{"a scheduled role ends by itself", scheduleEnds},
	{"a role whose removal lags still protects the account", removalLags},
	{"lists are read to their end", smallPages},
	{"a permission that is missing is forbidden", missingPermission},
	{"groups that the app may not see are not taken for plain ones", hiddenGroups},
	{"a tenant that is not connected has no tokens", notConnected},
}

func readAfterWrite(t *testing.T, w disturbed) {
	p := w.free(t)
	w.lag(t, p, lag{lookUpsThatMissANewAccount: 2})
	tenant, account := inhabited(t, w, p)
	_, err := tenant.Account(t.Context(), account.ID)
	requireKind(t, entra.NotFound, err)
	_, err = tenant.AssignRole(t.Context(), account.ID, helpdesk, time.Now().Add(time.Hour))
	requireKind(t, entra.NotFound, err)
	_, err = tenant.Account(t.Context(), account.ID)
	require.NoError(t, err)
}

func ambiguousCreation(t *testing.T, w disturbed) {
	for what, exists := range map[string]bool{"dropAfter": true, "dropBefore": false} {
		p := w.free(t)
		tenant := w.client(t).Tenant(p.id)
		w.disturb(t, p, disturbance{method: "POST", path: "^/users$", what: what, count: 1})
		n := newAccount(t, p)
		_, err := tenant.CreateAccount(t.Context(), n)
		requireKind(t, entra.Ambiguous, err)

		found, err := tenant.FindAccount(t.Context(), n.Marker)
		if exists {
			require.NoError(t, err)
			assert.Equal(t, n.UPN.String(), found.UserName)
			assert.False(t, found.Enabled)
		} else {
			requireKind(t, entra.NotFound, err)
		}
	}
}

func ambiguousWrites(t *testing.T, w disturbed) {
	p := w.premium(t)
	tenant, account := inhabited(t, w, p)
	w.registerMethod(t, p, account.ID, "phoneMethods")
	group := entra.Group{ID: w.group(t, p, newGroup{roleAssignable: true, members: []access.ObjectID{account.ID}})}
	methods, err := tenant.Methods(t.Context(), account.ID)
	require.NoError(t, err)
	until := time.Now().Add(24 * time.Hour)
	var held []entra.HeldRole
	for _, write := range []struct {
		name string
		do   func() error
	}{
		{"leave group", func() error { return tenant.LeaveGroup(t.Context(), account.ID, group) }},
		{"enable", func() error { return tenant.SetEnabled(t.Context(), account.ID, true) }},
		{"set password", func() error { return tenant.SetPassword(t.Context(), account.ID, newPassword(t)) }},
		{"issue pass", func() error { _, err := tenant.IssuePass(t.Context(), account.ID, 60); return err }},
		{"assign role", func() error {
			scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, until)
			if err == nil {
				assert.True(t, scheduled)
				held, err = tenant.Roles(t.Context(), account.ID)
			}
			return err
		}},
		{"extend role", func() error { return tenant.ExtendRole(t.Context(), account.ID, exchange, until) }},
		{"remove role", func() error { return tenant.RemoveRole(t.Context(), account.ID, held[0]) }},
		{"revoke sessions", func() error { return tenant.RevokeSessions(t.Context(), account.ID) }},
		{"remove method", func() error { return tenant.RemoveMethod(t.Context(), account.ID, methods[0]) }},
	} {
		for _, what := range []string{"dropBefore", "dropAfter"} {
			for _, method := range []string{"POST", "PATCH", "DELETE"} {
				w.disturb(t, p, disturbance{method: method, what: what, count: 1})
			}
			err := write.do()
			assert.Equal(t, entra.Ambiguous, entra.KindOf(err), "%s, %s: %v", write.name, what, err)
			w.calm()
		}
		require.NoError(t, write.do(), write.name)
	}
	seen := w.look(t, p, account.ID)
	assert.Zero(t, seen.roles)
	assert.Equal(t, 1, seen.methods, "the pass")
}

func throttling(t *testing.T, w disturbed) {
	for after, want := range map[time.Duration]time.Duration{0: 0, 7 * time.Second: 7 * time.Second, 2 * time.Hour: 5 * time.Minute} {
		p := w.free(t)
		tenant, account := inhabited(t, w, p)
		w.disturb(t, p, disturbance{method: "PATCH", what: "throttle", after: after, count: 1})
		e := requireKind(t, entra.Throttled, tenant.SetEnabled(t.Context(), account.ID, true))
		assert.Equal(t, want, e.After)
		assert.False(t, w.look(t, p, account.ID).enabled)
	}
}

func outage(t *testing.T, w disturbed) {
	p := w.free(t)
	tenant, account := inhabited(t, w, p)
	w.disturb(t, p, disturbance{what: "refuse", status: 503, after: 3 * time.Second})
	_, err := tenant.Account(t.Context(), account.ID)
	assert.Equal(t, 3*time.Second, requireKind(t, entra.Unavailable, err).After)
	requireKind(t, entra.Unavailable, tenant.SetEnabled(t.Context(), account.ID, true))
	_, err = tenant.AssignRole(t.Context(), account.ID, helpdesk, time.Now().Add(time.Hour))
	requireKind(t, entra.Unavailable, err)
	w.calm()
	require.NoError(t, tenant.SetEnabled(t.Context(), account.ID, true))
}

func passPolicyOff(t *testing.T, w disturbed) {
	p := w.free(t)
	tenant, account := inhabited(t, w, p)
	_, err := tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	w.passPolicy(t, p, false, 10, 480)

	kept, err := tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	assert.True(t, kept.Enabled, "kept for five minutes")
	_, err = tenant.IssuePass(t.Context(), account.ID, 60)
	assert.NotEmpty(t, requireKind(t, entra.PolicyRefused, err).Code)
	policy, err := tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	assert.False(t, policy.Enabled, "read anew when it mattered")

	w.passPolicy(t, p, true, 10, 480)
	w.later(6 * time.Minute)
	policy, err = tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	assert.True(t, policy.Enabled)
	require.NoError(t, tenant.SetEnabled(t.Context(), account.ID, true))
	pass, err := tenant.IssuePass(t.Context(), account.ID, 60)
	require.NoError(t, err)
	for range 2 {
		assert.True(t, w.signsIn(p, account.UserName, pass.Value), "it can be used more than once")
	}
	w.later(61 * time.Minute)
	assert.False(t, w.signsIn(p, account.UserName, pass.Value))
}

func missingPermission(t *testing.T, w disturbed) {
	p := w.free(t)
	_, account := inhabited(t, w, p)
	w.ungrant(t, p, "RoleManagement.ReadWrite.Directory")
	tenant := w.client(t).Tenant(p.id)
	permissions, err := tenant.Permissions(t.Context())
	require.NoError(t, err)
	assert.Contains(t, permissions, "User.ReadWrite.All")
	assert.NotContains(t, permissions, "RoleManagement.ReadWrite.Directory")
	_, err = tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour))
	requireKind(t, entra.Forbidden, err)
}

func notConnected(t *testing.T, w disturbed) {
	p := w.free(t)
	w.disconnect(t, p)
	_, err := w.client(t).Tenant(p.id).Organization(t.Context())
	assert.True(t, requireKind(t, entra.Unauthenticated, err).ConsentMissing())

	unknown := access.MustID[access.TenantID](nobody.String())
	_, err = w.client(t).Tenant(unknown).Organization(t.Context())
	e := requireKind(t, entra.Unauthenticated, err)
	assert.Equal(t, "AADSTS90002", e.Code)
	assert.False(t, e.ConsentMissing())

	_, err = w.client(t, func(c *entra.Config) { c.ClientSecret = access.NewSecret("not-the-secret") }).Tenant(w.free(t).id).Organization(t.Context())
	assert.Equal(t, "AADSTS7000215", requireKind(t, entra.Unauthenticated, err).Code)
}

func passPolicyDetails(t *testing.T, w disturbed) {
	p := w.free(t)
	tenant, account := inhabited(t, w, p)
	some := w.group(t, p, newGroup{members: []access.ObjectID{account.ID}})
	others := w.group(t, p, newGroup{})
	policy, err := tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	assert.Equal(t, entra.PassPolicy{
		Enabled: true, MinMinutes: 10, MaxMinutes: 480, DefaultMinutes: 60, Targets: &entra.PassTargets{Everybody: true},
	}, policy)
	for _, c := range []struct {
		include, exclude []access.ObjectID
		once, applies    bool
	}{
		{nil, nil, false, true},
		{nil, nil, true, true},
		{[]access.ObjectID{some}, nil, false, true},
		{[]access.ObjectID{others}, nil, false, false},
		{nil, []access.ObjectID{others}, false, true},
		{nil, []access.ObjectID{some}, false, false},
		{[]access.ObjectID{some}, []access.ObjectID{some}, false, false},
	} {
		w.passTargets(t, p, c.once, c.include, c.exclude)
		tenant.ReadAnew()
		policy, err := tenant.PassPolicy(t.Context())
		require.NoError(t, err)
		assert.Equal(t, c.once, policy.OneTimeOnly)
		require.NotNil(t, policy.Targets)
		groups, err := tenant.MemberOf(t.Context(), account.ID)
		require.NoError(t, err)
		assert.Equal(t, c.applies, policy.Targets.Has(groups), "%+v", c)

		require.NoError(t, tenant.SetEnabled(t.Context(), account.ID, true))
		if !c.once {
			pass, err := tenant.IssuePass(t.Context(), account.ID, 60)
			require.NoError(t, err, "Microsoft issues it to anybody")
			assert.Equal(t, c.applies, w.signsIn(p, account.UserName, pass.Value), "and lets sign in whom the policy includes: %+v", c)
		}
	}
}

func readAnew(t *testing.T, w disturbed) {
	p := w.free(t)
	tenant := w.client(t).Tenant(p.id)
	policy, err := tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	require.True(t, policy.Enabled)
	w.passPolicy(t, p, false, 10, 480)
	policy, err = tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	require.True(t, policy.Enabled, "kept")
	tenant.ReadAnew()
	policy, err = tenant.PassPolicy(t.Context())
	require.NoError(t, err)
	require.False(t, policy.Enabled)
}
