package catalogue

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
	"hourglass/internal/entrasim/contract"
	"hourglass/internal/store"
	"hourglass/internal/testclock"
)

const (
	helpdesk = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	exchange = "29232cdf-9323-42fd-ade2-1d097af3e4de"
)

// scene is Contoso, which is connected, at the stand-in.
type scene struct {
	t        *testing.T
	sim      *entrasim.Sim
	store    *store.Store
	clock    *testclock.Clock
	reader   *Reader
	log      strings.Builder
	customer access.CustomerID
}

func newScene(t *testing.T) *scene {
	s := &scene{t: t, clock: testclock.At(time.Now().UTC().Truncate(time.Second)), customer: access.MustID[access.CustomerID](uuid.NewString())}
	var err error
	s.sim, err = entrasim.Start(entrasim.Config{Clock: s.clock.Now})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.sim.Close() })
	contract.Watch(t, s.sim)
	require.NoError(t, s.sim.SeedSamples())
	s.store, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"), store.WithClock(s.clock.Now))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.store.Close() })
	require.NoError(t, s.store.Migrate(t.Context()))
	name, err := access.NewName("Contoso")
	require.NoError(t, err)
	require.NoError(t, s.store.AddCustomer(t.Context(), store.Customer{
		ID: s.customer, Name: name, TenantID: access.MustID[access.TenantID](entrasim.ContosoID), Connection: access.Connected,
		AccountDomain: "contoso.onmicrosoft.com",
	}, store.Actor{}))
	client, err := entra.New(entra.Config{
		AuthorityURL: s.sim.LoginURL(), GraphURL: s.sim.GraphURL(), CAFile: s.sim.CAFile(), Clock: s.clock.Now,
		ClientID: entrasim.SampleClientID, ClientSecret: access.NewSecret(entrasim.SampleClientSecret),
	})
	require.NoError(t, err)
	s.reader = New(s.store, client, s.clock.Now, slog.New(slog.NewTextHandler(&s.log, nil)))
	return s
}

func (s *scene) has(role string) bool {
	c, err := s.store.RoleCatalogue(s.t.Context(), s.customer)
	require.NoError(s.t, err)
	return c.Has(access.MustID[access.RoleID](role))
}

func (s *scene) round() { s.reader.Round(s.t.Context()) }

func TestACatalogueIsReadAndKeptFresh(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.sim.WithholdRole(entrasim.ContosoID, exchange, true))
	own, err := s.sim.AddCustomRole(entrasim.ContosoID, "Contoso's own")
	require.NoError(t, err)
	s.round()
	assert.True(t, s.has(helpdesk))
	assert.True(t, s.has(own))
	assert.False(t, s.has(exchange))

	require.NoError(t, s.sim.WithholdRole(entrasim.ContosoID, exchange, false))
	s.clock.Advance(daily - time.Second)
	s.round()
	assert.False(t, s.has(exchange), "not yet a day old")
	s.clock.Advance(time.Second)
	s.round()
	assert.True(t, s.has(exchange))

	require.NoError(t, s.sim.WithholdRole(entrasim.ContosoID, helpdesk, true))
	require.NoError(t, s.store.ReadCatalogueAgain(t.Context(), s.customer))
	s.round()
	assert.False(t, s.has(helpdesk), "on demand")
}

func TestATenantThatDoesNotAnswerKeepsItsCatalogue(t *testing.T) {
	s := newScene(t)
	s.round()
	before, err := s.store.RoleCatalogue(t.Context(), s.customer)
	require.NoError(t, err)
	require.NotEmpty(t, before.Roles)

	_, err = s.sim.AddFault(entrasim.Fault{Tenant: entrasim.ContosoID, Path: "roleDefinitions", Kind: entrasim.FaultKind("refuse"), Status: 403})
	require.NoError(t, err)
	s.clock.Advance(daily)
	asked := func() int { return len(s.sim.Requests(entrasim.ContosoID)) }
	s.round()
	assert.Contains(t, s.log.String(), "a tenant's roles were not read")
	after, err := s.store.RoleCatalogue(t.Context(), s.customer)
	require.NoError(t, err)
	assert.Equal(t, before, after, "and says how old it is")
	n := asked()
	s.round()
	assert.Equal(t, n, asked(), "it is left alone for a while")
	s.sim.ClearFaults()
	s.clock.Advance(afterFailure)
	s.round()
	after, err = s.store.RoleCatalogue(t.Context(), s.customer)
	require.NoError(t, err)
	assert.Equal(t, s.clock.Now(), *after.ReadAt)
}
