package connect

import (
	"bytes"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

const (
	connectPage   = "https://hourglass.msp.example/connect"
	adminPassword = "Stand-in-Admin-1"
)

// scene is an MSP with an admin and the customer Contoso, and the tenants Contoso and Fabrikam, of which only Fabrikam has
// consented before.
type scene struct {
	t         *testing.T
	sim       *entrasim.Sim
	store     *store.Store
	host      *entra.SignInHost
	connector *Connector
	vault     *seal.Vault
	log       *bytes.Buffer
	admin     store.Person
	customer  store.Customer

	mu  sync.Mutex
	now time.Time
}

func (s *scene) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// pass lets time go by, and the connector work all the while.
func (s *scene) pass(d time.Duration) {
	for ; d > 0; d -= every {
		s.connector.Round(s.t.Context())
		s.mu.Lock()
		s.now = s.now.Add(every)
		s.mu.Unlock()
	}
	s.connector.Round(s.t.Context())
}

func newScene(t *testing.T, edits ...func(*entrasim.AppSpec)) *scene {
	s := &scene{t: t, now: time.Now().UTC().Truncate(time.Second), log: &bytes.Buffer{}}
	var err error
	s.sim, err = entrasim.Start(entrasim.Config{Clock: s.clock})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.sim.Close() })
	app := entrasim.SampleApp(connectPage)
	for _, edit := range edits {
		edit(&app)
	}
	require.NoError(t, s.sim.RegisterApp(app))
	for id, name := range map[string]string{entrasim.ContosoID: "contoso", entrasim.FabrikamID: "fabrikam"} {
		require.NoError(t, s.sim.AddTenant(entrasim.TenantSpec{
			ID: id, Name: name, DefaultDomain: name + ".onmicrosoft.com", Domains: []entrasim.DomainSpec{{Name: name + ".example"}},
		}))
		_, err := s.sim.AddUser(id, entrasim.UserSpec{
			UPN: "admin@" + name + ".onmicrosoft.com", Password: adminPassword, Roles: []string{entrasim.RoleGlobalAdministrator},
		})
		require.NoError(t, err)
	}
	require.NoError(t, s.sim.Consent(entrasim.FabrikamID, entrasim.SampleClientID))

	s.store, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"), store.WithClock(s.clock))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.store.Close() })
	require.NoError(t, s.store.Migrate(t.Context()))
	s.admin = store.Person{ID: id[access.PersonID](t), Name: must(access.NewName("Ada")), Handle: must(access.NewHandle("ada")), Roles: []access.MSPRole{access.Admin}}
	require.NoError(t, s.store.AddPerson(t.Context(), s.admin, store.Actor{}))
	s.customer = s.addCustomer("Contoso")

	cfg := entra.Config{
		AuthorityURL: s.sim.LoginURL(), GraphURL: s.sim.GraphURL(), CAFile: s.sim.CAFile(),
		ClientID: entrasim.SampleClientID, ClientSecret: access.NewSecret(entrasim.SampleClientSecret),
	}
	keyset, err := seal.CreateKeyset()
	require.NoError(t, err)
	s.vault = seal.NewVault(must(seal.ParseKeyset(keyset)))
	log := slog.New(slog.NewTextHandler(s.log, nil))
	apps := Apps{s.store, s.vault, log}
	cfg.Apps, cfg.Clock = apps, s.clock
	client, err := entra.New(cfg)
	require.NoError(t, err)
	s.host, err = entra.NewSignInHost(cfg, connectPage)
	require.NoError(t, err)
	s.connector = New(Config{Store: s.store, Entra: client, Apps: apps, Clock: s.clock, Log: log})
	return s
}

func (s *scene) addCustomer(called string) store.Customer {
	c := store.Customer{ID: id[access.CustomerID](s.t), Name: must(access.NewName(called)), Connection: access.Unconnected}
	require.NoError(s.t, s.store.AddCustomer(s.t.Context(), c, store.Actor{}))
	return c
}

// begin names the tenant by a domain, as an admin does.
func (s *scene) begin(customer access.CustomerID, domain string) (store.NewAttempt, error) {
	tenant, err := s.host.TenantOf(s.t.Context(), must(access.ParseTenantName(domain)))
	require.NoError(s.t, err)
	n := store.NewAttempt{
		ID: id[access.AttemptID](s.t), CustomerID: customer, TenantID: tenant, StateHash: [32]byte([]byte(uuid.NewString())[:32]),
		SessionID: [32]byte{1}, ExpiresAt: s.clock().Add(15 * time.Minute),
	}
	return n, s.store.BeginConnection(s.t.Context(), n, store.Actor{PersonID: s.admin.ID})
}

// comeBack is what the browser brings from Microsoft, as the API hands it on.
func (s *scene) comeBack(n store.NewAttempt, query url.Values) error {
	c := store.Callback{
		ID: uuid.NewString(), StateHash: n.StateHash, CustomerID: n.CustomerID, SessionID: n.SessionID, By: store.Actor{PersonID: s.admin.ID},
	}
	c.TenantID, _ = access.ParseID[access.TenantID](query.Get("tenant"))
	if query.Get("error") != "" {
		c.Failure = access.ConsentCancelled
	}
	_, err := s.store.TakeConsent(s.t.Context(), c)
	return err
}

// visit takes an administrator through the stand-in's consent page and returns the query of the redirect, nil where the page
// does not let this administrator in.
func (s *scene) visit(n store.NewAttempt, admin string, accept bool) url.Values {
	s.t.Helper()
	back, err := s.sim.VisitConsent(s.host.ConsentURL(n.TenantID, "state"), admin, adminPassword, accept)
	if err != nil {
		return nil
	}
	require.True(s.t, strings.HasPrefix(back.String(), connectPage+"?"))
	require.Equal(s.t, "state", back.Query().Get("state"))
	return back.Query()
}

func (s *scene) connection() store.Connection {
	c, err := s.store.Connection(s.t.Context(), s.customer.ID)
	require.NoError(s.t, err)
	return c
}

func (s *scene) requireNothingConnected() {
	s.t.Helper()
	c := s.connection()
	require.Equal(s.t, access.Unconnected, c.Customer.Connection)
	require.True(s.t, c.Customer.TenantID.IsZero())
	require.Nil(s.t, c.VerifiedAt)
}

// consented is a customer whose administrator has just consented on the page.
func consented(s *scene) {
	n, err := s.begin(s.customer.ID, "contoso.example")
	require.NoError(s.t, err)
	require.NoError(s.t, s.comeBack(n, s.visit(n, "admin@contoso.onmicrosoft.com", true)))
}

func id[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](t *testing.T) (i I) {
	require.NoError(t, P(&i).UnmarshalText([]byte(uuid.NewString())))
	return i
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
