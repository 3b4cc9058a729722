package entra_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

func directRoles(t *testing.T, w world) {
	p := w.free(t)
	tenant, account := settled(t, w, p)
	for range 2 { // an existing one counts as assigned
		scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour))
		require.NoError(t, err)
		assert.False(t, scheduled)
	}
	held := holding(t, w, p, tenant, account.ID, 1)
	assert.NotEmpty(t, held[0].AssignmentID)
	assert.Equal(t, entra.HeldRole{RoleID: exchange, Scope: "/", AssignmentID: held[0].AssignmentID}, held[0])
	requireKind(t, entra.Unlicensed, tenant.ExtendRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour)))

	for range 2 { // a missing one counts as removed
		require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, held[0]))
	}
	holding(t, w, p, tenant, account.ID, 0)

	_, err := tenant.AssignRole(t.Context(), nobody, exchange, time.Now().Add(time.Hour))
	requireKind(t, entra.NotFound, err)
	_, err = tenant.AssignRole(t.Context(), account.ID, access.MustID[access.RoleID](nobody.String()), time.Now().Add(time.Hour))
	assert.Error(t, err, "no such role")
}

func scheduledRoles(t *testing.T, w world) {
	p := w.premium(t)
	tenant, account := settled(t, w, p)
	now := time.Now().Truncate(time.Second)
	until := now.Add(24 * time.Hour)
	requireKind(t, entra.NotFound, tenant.ExtendRole(t.Context(), account.ID, exchange, until))
	endsAt := func(end time.Time) (role entra.HeldRole) {
		soon(t, w, func(c *assert.CollectT) {
			held, err := tenant.Roles(t.Context(), account.ID)
			require.NoError(c, err)
			require.Len(c, held, 1)
			assert.Equal(c, end.UTC(), held[0].EndsAt)
			role = held[0]
		})
		return role
	}
	for _, end := range []time.Time{until, until, until.Add(time.Hour)} { // an existing one is given the end
		soon(t, w, func(c *assert.CollectT) {
			scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, end)
			require.NoError(c, err)
			assert.True(c, scheduled)
		})
		endsAt(end)
	}
	require.NoError(t, tenant.ExtendRole(t.Context(), account.ID, exchange, until.Add(2*time.Hour)))
	role := endsAt(until.Add(2 * time.Hour))
	assert.NotEmpty(t, role.AssignmentID, "PIM's roles are in the directory's list too")
	assert.Equal(t, entra.HeldRole{
		RoleID: exchange, Scope: "/", AssignmentID: role.AssignmentID, Scheduled: true, EndsAt: until.Add(2 * time.Hour).UTC(),
	}, role)
	assert.Equal(t, 1, w.look(t, p, account.ID).roles)

	for range 2 {
		require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, role))
	}
	holding(t, w, p, tenant, account.ID, 0)
	onlyScheduled := role
	onlyScheduled.AssignmentID = ""
	require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, onlyScheduled))
}

// holding asks until the client lists that many roles, and an administrator sees them too.
func holding(t *testing.T, w world, p place, tenant *entra.Tenant, id access.ObjectID, want int) (held []entra.HeldRole) {
	t.Helper()
	soon(t, w, func(c *assert.CollectT) {
		var err error
		held, err = tenant.Roles(t.Context(), id)
		require.NoError(c, err)
		require.Len(c, held, want)
		seen := w.look(t, p, id)
		assert.Equal(c, want, seen.roles+seen.eligible)
	})
	return held
}

func rolesByHand(t *testing.T, w world) {
	p := w.premium(t)
	tenant, account := settled(t, w, p)
	w.giveRole(t, p, account.ID, exchange)
	w.makeEligible(t, p, account.ID, sharepoint)
	roles := holding(t, w, p, tenant, account.ID, 2)
	assert.Equal(t, entra.HeldRole{RoleID: exchange, Scope: "/", AssignmentID: roles[0].AssignmentID}, roles[0], "without an end: not scheduled")
	assert.Equal(t, entra.HeldRole{RoleID: sharepoint, Scope: "/", Eligible: true}, roles[1])

	soon(t, w, func(c *assert.CollectT) {
		scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(24*time.Hour))
		require.NoError(c, err)
		assert.True(c, scheduled, "what was held without an end is given one")
	})
	roles = holding(t, w, p, tenant, account.ID, 2)
	for range 2 {
		for _, r := range roles {
			require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, r))
		}
	}
	holding(t, w, p, tenant, account.ID, 0)
}

func groups(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant, account := settled(t, w, p)
	w.giveRole(t, p, account.ID, exchange) // a directory role is in the same list, and is no group
	joined := w.group(t, p, newGroup{roleAssignable: true, members: []access.ObjectID{account.ID}})
	owned := w.group(t, p, newGroup{roleAssignable: true, owners: []access.ObjectID{account.ID}})
	plain := w.group(t, p, newGroup{members: []access.ObjectID{account.ID}, owners: []access.ObjectID{account.ID}})
	w.group(t, p, newGroup{inside: plain})

	listed, err := tenant.RoleGroups(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Equal(t, []entra.Group{{ID: joined}, {ID: owned, Owner: true}}, listed)
	for range 2 { // a missing one counts as left
		for _, g := range listed {
			require.NoError(t, tenant.LeaveGroup(t.Context(), account.ID, g))
		}
	}
	listed, err = tenant.RoleGroups(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Empty(t, listed)
}

func privilegedTarget(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant, account := settled(t, w, p)
	_, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour))
	require.NoError(t, err)
	held := holding(t, w, p, tenant, account.ID, 1)
	soon(t, w, func(c *assert.CollectT) {
		requireKind(c, entra.Forbidden, tenant.SetEnabled(t.Context(), account.ID, true))
		requireKind(c, entra.Forbidden, tenant.SetPassword(t.Context(), account.ID, newPassword(t)))
	})
	requireKind(t, entra.Forbidden, tenant.DeleteAccount(t.Context(), account.ID))

	require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, held[0]))
	soon(t, w, func(c *assert.CollectT) { require.NoError(c, tenant.SetEnabled(t.Context(), account.ID, true)) })
}

func deletion(t *testing.T, w world) {
	p := w.anywhere(t)
	tenant := w.client(t).Tenant(p.id)
	n := newAccount(t, p)
	created, err := tenant.CreateAccount(t.Context(), n)
	require.NoError(t, err)
	known(t, w, tenant, created.ID)
	require.NoError(t, tenant.DeleteAccount(t.Context(), created.ID))
	require.NoError(t, tenant.DeleteAccount(t.Context(), created.ID), "a repeat finds it deleted")
	soon(t, w, func(c *assert.CollectT) {
		_, err := tenant.Account(t.Context(), created.ID)
		requireKind(c, entra.NotFound, err)
		_, err = tenant.FindAccount(t.Context(), n.Marker)
		requireKind(c, entra.NotFound, err)
	})
	again, err := tenant.CreateAccount(t.Context(), n)
	require.NoError(t, err, "its name is free at once")
	require.NotEqual(t, created.ID, again.ID)
}
