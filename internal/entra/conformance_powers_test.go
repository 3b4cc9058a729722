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
	tenant, account := inhabited(t, w, p)
	for range 2 { // an existing one counts as assigned
		scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour))
		require.NoError(t, err)
		assert.False(t, scheduled)
	}
	assert.Equal(t, 1, w.look(t, p, account.ID).roles)
	held, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, held, 1)
	assert.NotEmpty(t, held[0].AssignmentID)
	assert.Equal(t, entra.HeldRole{RoleID: exchange, Scope: "/", AssignmentID: held[0].AssignmentID}, held[0])
	requireKind(t, entra.Unlicensed, tenant.ExtendRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour)))

	for range 2 { // a missing one counts as removed
		require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, held[0]))
	}
	assert.Zero(t, w.look(t, p, account.ID).roles)
	held, err = tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Empty(t, held)

	_, err = tenant.AssignRole(t.Context(), nobody, exchange, time.Now().Add(time.Hour))
	requireKind(t, entra.NotFound, err)
	_, err = tenant.AssignRole(t.Context(), account.ID, access.MustID[access.RoleID](nobody.String()), time.Now().Add(time.Hour))
	assert.Error(t, err, "no such role")
}

func scheduledRoles(t *testing.T, w world) {
	p := w.premium(t)
	tenant, account := inhabited(t, w, p)
	now := time.Now().Truncate(time.Second)
	held := func() entra.HeldRole {
		roles, err := tenant.Roles(t.Context(), account.ID)
		require.NoError(t, err)
		require.Len(t, roles, 1)
		return roles[0]
	}
	until := now.Add(24 * time.Hour)
	requireKind(t, entra.NotFound, tenant.ExtendRole(t.Context(), account.ID, exchange, until))
	for _, end := range []time.Time{until, until, until.Add(time.Hour)} { // an existing one is given the end
		scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, end)
		require.NoError(t, err)
		assert.True(t, scheduled)
		assert.Equal(t, end.UTC(), held().EndsAt)
	}
	require.NoError(t, tenant.ExtendRole(t.Context(), account.ID, exchange, until.Add(2*time.Hour)))
	role := held()
	assert.NotEmpty(t, role.AssignmentID, "PIM's roles are in the directory's list too")
	assert.Equal(t, entra.HeldRole{
		RoleID: exchange, Scope: "/", AssignmentID: role.AssignmentID, Scheduled: true, EndsAt: until.Add(2 * time.Hour).UTC(),
	}, role)
	assert.Equal(t, 1, w.look(t, p, account.ID).roles)

	for range 2 {
		require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, role))
	}
	assert.Zero(t, w.look(t, p, account.ID).roles)
	onlyScheduled := role
	onlyScheduled.AssignmentID = ""
	require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, onlyScheduled))
}

func rolesByHand(t *testing.T, w world) {
	p := w.premium(t)
	tenant, account := inhabited(t, w, p)
	w.giveRole(t, p, account.ID, exchange)
	w.makeEligible(t, p, account.ID, sharepoint)
	roles, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, roles, 2)
	assert.Equal(t, entra.HeldRole{RoleID: exchange, Scope: "/", AssignmentID: roles[0].AssignmentID}, roles[0], "without an end: not scheduled")
	assert.Equal(t, entra.HeldRole{RoleID: sharepoint, Scope: "/", Eligible: true}, roles[1])

	scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(24*time.Hour))
	require.NoError(t, err)
	assert.True(t, scheduled, "what was held without an end is given one")
	roles, err = tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	for range 2 {
		for _, r := range roles {
			require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, r))
		}
	}
	seen := w.look(t, p, account.ID)
	assert.Zero(t, seen.roles)
	assert.Zero(t, seen.eligible)
}

func groups(t *testing.T, w world) {
	p := w.free(t)
	tenant, account := inhabited(t, w, p)
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
	p := w.free(t)
	tenant, account := inhabited(t, w, p)
	_, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour))
	require.NoError(t, err)
	requireKind(t, entra.Forbidden, tenant.SetEnabled(t.Context(), account.ID, true))
	requireKind(t, entra.Forbidden, tenant.SetPassword(t.Context(), account.ID, access.NewSecret("Another-Horse-8")))
	requireKind(t, entra.Forbidden, tenant.DeleteAccount(t.Context(), account.ID))

	held, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, held[0]))
	require.NoError(t, tenant.SetEnabled(t.Context(), account.ID, true))
}

func deletion(t *testing.T, w world) {
	p := w.free(t)
	tenant := w.client(t).Tenant(p.id)
	n := newAccount(t, p)
	created, err := tenant.CreateAccount(t.Context(), n)
	require.NoError(t, err)
	known(t, tenant, created.ID)
	require.NoError(t, tenant.DeleteAccount(t.Context(), created.ID))
	require.NoError(t, tenant.DeleteAccount(t.Context(), created.ID), "a repeat finds it deleted")
	_, err = tenant.Account(t.Context(), created.ID)
	requireKind(t, entra.NotFound, err)
	_, err = tenant.FindAccount(t.Context(), n.Marker)
	requireKind(t, entra.NotFound, err)
	again, err := tenant.CreateAccount(t.Context(), n)
	require.NoError(t, err, "its name is free at once")
	require.NotEqual(t, created.ID, again.ID)
}
