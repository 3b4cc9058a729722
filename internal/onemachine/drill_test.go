package onemachine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
)

// TestEndBeforeBeginning_AScheduledDrillWhileTheWorkerIsKilled: the schedule begins it, the worker dies while the canary
// holds everything, and the canary is off and gone at the end.
func TestEndBeforeBeginning_AScheduledDrillWhileTheWorkerIsKilled(t *testing.T) {
	sideBySide(t)
	m := start(t, onemachine.Config{Sample: true, Split: true})
	ctx := patiently(t)
	admin, err := m.SignedIn(ctx, onemachine.Ada)
	require.NoError(t, err)
	customer, err := m.AddCustomer(ctx, "Drilled", entrasim.Settings{Licence: entrasim.P2, TAPPolicy: passesAllowed})
	require.NoError(t, err)
	killed := killAtEachDisabling(t, m, customer.TenantID.String())

	require.NoError(t, admin.Assert(ctx))
	require.NoError(t, admin.ScheduleDrills(ctx, customer.ID, access.DrillWeekly))
	var list api.DrillList
	began := time.Now()
	require.NoError(t, until(ctx, func() (bool, error) {
		list, err = admin.Drills(ctx, customer.ID)
		return len(list.Drills) == 1 && !list.Drills[0].EndedAt.IsZero(), err
	}), "%+v", list)
	d := list.Drills[0]
	t.Logf("drilled in %.1f s, off after %.1f s, the worker killed %d times", time.Since(began).Seconds(), d.OffSeconds, killed())
	require.Positive(t, killed())
	assert.Equal(t, api.DrillPassed, d.State, d.Finding)
	assert.Contains(t, d.Roles, api.Named{Id: entrasim.RoleGlobalAdministrator, Name: "Global Administrator"})
	assert.NotEmpty(t, d.Steps)
	for _, account := range m.Sim.Users(customer.TenantID.String()) {
		assert.False(t, account.AccountEnabled, account.UPN)
		assert.NotEqual(t, d.UserName, account.UPN, "the canary is deleted")
	}
	_, err = m.Hourglass(ctx, "audit", "verify")
	require.NoError(t, err)
}
