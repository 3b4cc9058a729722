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

func pimLags(t *testing.T, w disturbed) {
	p := w.premium(t)
	w.lag(t, p, lag{pim: time.Minute})
	tenant, account := inhabited(t, w, p)
	until := time.Now().Add(24 * time.Hour)
	for range 2 {
		scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, until)
		require.NoError(t, err)
		assert.False(t, scheduled)
	}
	held, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, held, 1)
	assert.False(t, held[0].Scheduled)

	w.later(2 * time.Minute)
	scheduled, err := tenant.AssignRole(t.Context(), account.ID, exchange, until)
	require.NoError(t, err)
	assert.True(t, scheduled, "once PIM knows the account, a repeat arms its end")
	assert.Equal(t, 1, w.look(t, p, account.ID).roles)
}

func freeNeverAsksPIM(t *testing.T, w disturbed) {
	p := w.free(t)
	tenant, account := inhabited(t, w, p)
	_, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(time.Hour))
	require.NoError(t, err)
	held, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, held[0]))
	calls := w.calls(p)
	assert.Contains(t, calls, "POST /roleManagement/directory/roleAssignments")
	assert.False(t, slices.ContainsFunc(calls, func(route string) bool { return strings.Contains(route, "Schedule") }), "%v", calls)
}

func scheduleEnds(t *testing.T, w disturbed) {
	p := w.premium(t)
	tenant, account := inhabited(t, w, p)
	_, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(48*time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, w.look(t, p, account.ID).roles)
	w.later(49 * time.Hour)
	assert.Zero(t, w.look(t, p, account.ID).roles)
	held, err := tenant.Roles(t.Context(), account.ID) // with a new token: the old one has expired, and Graph says so first
	require.NoError(t, err)
	assert.Empty(t, held)
}

func removalLags(t *testing.T, w disturbed) {
	p := w.premium(t)
	tenant, account := inhabited(t, w, p)
	_, err := tenant.AssignRole(t.Context(), account.ID, exchange, time.Now().Add(24*365*time.Hour))
	require.NoError(t, err)
	held, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	w.lag(t, p, lag{roleRemoval: time.Minute})
	for range 2 {
		require.NoError(t, tenant.RemoveRole(t.Context(), account.ID, held[0]))
	}
	stale, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Equal(t, held, stale, "what Microsoft still lists is still listed")
	requireKind(t, entra.Forbidden, tenant.SetEnabled(t.Context(), account.ID, false))

	w.later(2 * time.Minute)
	require.NoError(t, tenant.SetEnabled(t.Context(), account.ID, false))
	held, err = tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Empty(t, held)
}

func smallPages(t *testing.T, w disturbed) {
	p := w.premium(t)
	tenant, account := inhabited(t, w, p)
	for _, role := range []access.RoleID{exchange, sharepoint, helpdesk} {
		w.giveRole(t, p, account.ID, role)
		w.group(t, p, newGroup{roleAssignable: true, members: []access.ObjectID{account.ID}})
	}
	w.registerMethod(t, p, account.ID, "phoneMethods")
	w.registerMethod(t, p, account.ID, "emailMethods")
	w.pagesOf(1)
	t.Cleanup(func() { w.pagesOf(0) })
	roles, err := tenant.Roles(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Len(t, roles, 3)
	groups, err := tenant.RoleGroups(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Len(t, groups, 3)
	methods, err := tenant.Methods(t.Context(), account.ID)
	require.NoError(t, err)
	assert.Len(t, methods, 2)
}

func hiddenGroups(t *testing.T, w disturbed) {
	p := w.free(t)
	_, account := inhabited(t, w, p)
	w.group(t, p, newGroup{roleAssignable: true, members: []access.ObjectID{account.ID}})
	w.ungrant(t, p, "GroupMember.ReadWrite.All")
	_, err := w.client(t).Tenant(p.id).RoleGroups(t.Context(), account.ID)
	assert.Equal(t, entra.CodeHiddenGroup, requireKind(t, entra.Forbidden, err).Code)
}
