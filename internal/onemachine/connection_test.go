package onemachine_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// unconnected adds a customer without a tenant, and a tenant for it.
func (s *stage) unconnected(t *testing.T, name string, delays entrasim.Delays) (store.Customer, entrasim.TenantSpec) {
	t.Helper()
	customer := store.Customer{ID: access.MustID[access.CustomerID](uuid.NewString()), Connection: access.Unconnected}
	var err error
	customer.Name, err = access.NewName(name)
	require.NoError(t, err)
	require.NoError(t, s.Store.AddCustomer(t.Context(), customer, store.Actor{}))
	return customer, newTenant(t, s.Sim, name, delays)
}

// newTenant is one that has never heard of the app, with its administrator.
func newTenant(t *testing.T, sim *entrasim.Sim, name string, delays entrasim.Delays) entrasim.TenantSpec {
	t.Helper()
	tenant := entrasim.TenantSpec{
		ID: uuid.NewString(), Name: name, DefaultDomain: name + ".onmicrosoft.com",
		Domains:  []entrasim.DomainSpec{{Name: name + ".example", Federated: true}},
		Settings: entrasim.Settings{Licence: entrasim.Free, TAPPolicy: passesAllowed, Delays: delays},
	}
	require.NoError(t, sim.AddTenant(tenant))
	_, err := sim.AddUser(tenant.ID, entrasim.UserSpec{
		UPN: "admin@" + tenant.DefaultDomain, Password: entrasim.SampleAdminPassword, Roles: []string{entrasim.RoleGlobalAdministrator},
	})
	require.NoError(t, err)
	return tenant
}

// consent takes the administrator of a tenant to the page that the product named, and back.
func consent(t *testing.T, m *onemachine.Machine, client *onemachine.Client, customer access.CustomerID, tenant entrasim.TenantSpec) error {
	t.Helper()
	require.NoError(t, client.Assert(t.Context()))
	page, err := client.BeginConnection(t.Context(), customer, tenant.Name+".example")
	require.NoError(t, err)
	require.Equal(t, tenant.ID, page.TenantId.String(), "the domain's tenant")
	back, err := m.Sim.VisitConsent(page.ConsentUrl, "admin@"+tenant.DefaultDomain, entrasim.SampleAdminPassword, true)
	require.NoError(t, err)
	require.Equal(t, m.PublicURL()+"/connect", back.Scheme+"://"+back.Host+back.Path)
	_, err = client.ComeBack(t.Context(), back)
	return err
}

func (s *stage) connection(ctx context.Context, t require.TestingT, id access.CustomerID) api.Connection {
	c, err := s.ada.Connection(ctx, id)
	require.NoError(t, err)
	return c
}

// A customer is connected by the consent of its administrator, although the worker is killed while the consent spreads.
func TestACustomerIsConnectedByConsent(t *testing.T) {
	s := newStage(t, onemachine.Config{Split: true})
	ctx := patiently(t)
	customer, tenant := s.unconnected(t, "adventure", entrasim.Delays{ConsentPrincipal: entrasim.Duration(4 * time.Second), ConsentRoles: entrasim.Duration(4 * time.Second)})
	require.NoError(t, consent(t, s.Machine, s.ada, customer.ID, tenant))
	require.NotEqual(t, access.Connected, s.connection(ctx, t, customer.ID).State)
	require.NoError(t, s.Worker.Kill())
	require.NoError(t, s.Worker.Restart(ctx))

	var connected api.Connection
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		connected = s.connection(ctx, c, customer.ID)
		assert.Equal(c, access.Connected, connected.State, "%+v", connected.Attempt)
	}, patience, 100*time.Millisecond)
	assert.Equal(t, tenant.ID, connected.TenantId.String())
	assert.Equal(t, tenant.DefaultDomain, connected.AccountDomain)
	for _, p := range connected.Permissions {
		assert.True(t, p.Held, p.Name)
		assert.NotEmpty(t, p.Why)
	}

	// The same tenant for another customer: refused before anybody is asked.
	another, _ := s.unconnected(t, "another", entrasim.Delays{})
	require.NoError(t, s.ada.Assert(ctx))
	_, err := s.ada.BeginConnection(ctx, another.ID, tenant.ID)
	var problem *onemachine.Problem
	require.ErrorAs(t, err, &problem)
	assert.Equal(t, "/problems/tenant-taken", problem.Type)
	assert.Equal(t, http.StatusConflict, problem.Status)
}
