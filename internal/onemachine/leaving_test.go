package onemachine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
)

// TestProofOfOff_ACustomerLeavesWhileTheWorkerIsKilled: five accounts, two of them with live grants, one that an
// administrator of the customer has switched on again; the worker dies each time that another account is being disabled.
func TestProofOfOff_ACustomerLeavesWhileTheWorkerIsKilled(t *testing.T) {
	sideBySide(t)
	m := start(t, onemachine.Config{Sample: true, Split: true})
	admin, err := m.SignedIn(patiently(t), onemachine.Ada)
	require.NoError(t, err)
	customer, err := m.AddCustomer(patiently(t), "Leaver", entrasim.Settings{Licence: entrasim.P2, TAPPolicy: passesAllowed})
	require.NoError(t, err)
	tenant := customer.TenantID.String()

	var live []access.GrantID
	for i := range 5 {
		ctx := patiently(t)
		person, err := m.AddTechnician(ctx, fmt.Sprintf("tech%d", i), onemachine.HelpDesk)
		require.NoError(t, err)
		technician, err := m.SignedIn(ctx, person)
		require.NoError(t, err)
		g, err := technician.Request(ctx, "key", api.GrantRequest{CustomerId: customer.ID, ProfileId: onemachine.HelpDesk, Reason: "Printer", Ticket: "T1"})
		require.NoError(t, err)
		_, err = technician.Await(ctx, g.Id, access.Active)
		require.NoError(t, err)
		if i < 2 {
			live = append(live, g.Id)
			continue
		}
		_, err = technician.Return(ctx, g.Id)
		require.NoError(t, err)
		_, err = technician.Await(ctx, g.Id, access.Ended)
		require.NoError(t, err)
	}
	byHand := slices.IndexFunc(m.Sim.Users(tenant), func(a entrasim.Account) bool { return strings.Contains(a.UPN, "tech4") })
	require.GreaterOrEqual(t, byHand, 0)
	on := true
	require.NoError(t, m.Sim.UpdateUser(tenant, m.Sim.Users(tenant)[byHand].ID, entrasim.ChangeUser{AccountEnabled: &on}))
	require.NoError(t, m.Sim.AssignRole(tenant, m.Sim.Users(tenant)[byHand].ID, entrasim.RoleGlobalAdministrator))

	killed := killAtEachDisabling(t, m, tenant)
	ctx := patiently(t)
	require.NoError(t, admin.Assert(ctx))
	began := time.Now()
	leaving, err := admin.Disconnect(ctx, customer.ID)
	require.NoError(t, err)
	require.Equal(t, 5, leaving.AccountsTotal)
	require.NoError(t, until(ctx, func() (bool, error) {
		leaving, err = admin.Leaving(ctx, customer.ID)
		return leaving.State != api.LeavingUnderWay, err
	}), "%+v", leaving)
	t.Logf("left %.1f s after it was asked for, the worker killed %d times", time.Since(began).Seconds(), killed())
	require.GreaterOrEqual(t, killed(), 3)

	assert.Equal(t, api.LeavingDone, leaving.State)
	assert.Equal(t, 5, leaving.AccountsOff)
	users := m.Sim.Users(tenant)
	require.Len(t, users, 5)
	for _, account := range users {
		assert.False(t, account.AccountEnabled, account.UPN)
		assert.Empty(t, slices.Concat(account.Roles, account.Eligible, account.Groups, []string{}), account.UPN)
		assert.Empty(t, account.Methods, account.UPN)
	}
	for _, id := range live {
		g, err := m.Store.Grant(ctx, id)
		require.NoError(t, err)
		assert.Equal(t, access.Revoked, g.Outcome)
		assert.Equal(t, "customer disconnected", g.EndComment)
		assert.NotNil(t, g.Proof)
	}
	records, err := m.Store.AuditRecords(ctx, 0, 10_000)
	require.NoError(t, err)
	got := onemachine.Tally(records)
	assert.Equal(t, 5, got[audit.AccountOff], "nothing-forgotten: each account once")
	assert.Equal(t, 1, got[audit.CustomerDisconnected])
	said, err := m.Hourglass(ctx, "audit", "verify")
	require.NoError(t, err)
	t.Log(said)
	c, err := m.Store.Customer(ctx, customer.ID)
	require.NoError(t, err)
	assert.Equal(t, access.Unconnected, c.Connection)
}

// killAtEachDisabling kills the worker at the first PATCH of each account, four accounts at most, and starts it again.
// Whoever is being killed has the answer no more.
func killAtEachDisabling(t *testing.T, m *onemachine.Machine, tenant string) (times func() int) {
	ctx := patiently(t)
	var mu sync.Mutex
	seen := map[string]bool{}
	var back sync.WaitGroup
	t.Cleanup(back.Wait)
	var restarting sync.Mutex
	m.Sim.OnExchange(func(e entrasim.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		if e.Tenant != tenant || e.Method != http.MethodPatch || seen[e.Path] || len(seen) == 4 || !restarting.TryLock() {
			return
		}
		seen[e.Path] = true
		err := m.Worker.Kill()
		assert.NoError(t, err)
		back.Go(func() {
			defer restarting.Unlock()
			assert.NoError(t, m.Worker.Restart(ctx))
		})
	})
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(seen)
	}
}
