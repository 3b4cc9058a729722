package connect

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
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
	client, err := entra.New(cfg)
	require.NoError(t, err)
	s.host, err = entra.NewSignInHost(cfg, connectPage)
	require.NoError(t, err)
	s.connector = New(s.store, client, s.clock, slog.New(slog.NewTextHandler(s.log, nil)))
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

var hiddenFlow = regexp.MustCompile(`name="flow" value="([^"]+)"`)

// visit takes an administrator through the stand-in's consent page and returns the query of the redirect.
func (s *scene) visit(n store.NewAttempt, admin, decision string) url.Values {
	s.t.Helper()
	pool := x509.NewCertPool()
	require.True(s.t, pool.AppendCertsFromPEM(s.sim.CAPEM()))
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	browser := &http.Client{
		Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer browser.CloseIdleConnections()
	read := func(response *http.Response, err error) string {
		require.NoError(s.t, err)
		defer response.Body.Close()
		page, err := io.ReadAll(response.Body)
		require.NoError(s.t, err)
		return string(page)
	}
	page := read(browser.Get(s.host.ConsentURL(n.TenantID, "state")))
	flow := hiddenFlow.FindStringSubmatch(page)
	require.NotNil(s.t, flow, page)
	page = read(browser.PostForm(s.sim.LoginURL()+"/consent/signin", url.Values{"flow": {flow[1]}, "loginfmt": {admin}, "passwd": {adminPassword}}))
	response, err := browser.PostForm(s.sim.LoginURL()+"/consent/decision", url.Values{"flow": {flow[1]}, "decision": {decision}})
	require.NoError(s.t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusFound {
		return nil // the page did not let this administrator in
	}
	back, err := response.Location()
	require.NoError(s.t, err)
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
	require.NoError(s.t, s.comeBack(n, s.visit(n, "admin@contoso.onmicrosoft.com", "accept")))
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

func TestACustomerIsConnectedOnceItsConsentHasSpread(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.sim.SetDelays(entrasim.ContosoID, entrasim.Delays{
		ConsentPrincipal: entrasim.Duration(30 * time.Second), ConsentRoles: entrasim.Duration(60 * time.Second),
	}))
	consented(s)
	s.pass(10 * time.Second)
	assert.Equal(t, access.StepToken, s.connection().Attempt.Step)
	s.pass(40 * time.Second)
	assert.Equal(t, access.StepPermissions, s.connection().Attempt.Step)
	assert.Len(t, s.connection().Attempt.Missing, len(entra.Permissions), "every one by its name")
	s.requireNothingConnected()
	s.pass(60 * time.Second)

	c := s.connection()
	assert.Equal(t, access.StepDone, c.Attempt.Step)
	assert.Equal(t, access.Connected, c.Customer.Connection)
	assert.Equal(t, entrasim.ContosoID, c.Customer.TenantID.String())
	assert.Equal(t, "contoso.onmicrosoft.com", c.Customer.AccountDomain)
	assert.ElementsMatch(t, entrasim.SamplePermissions, c.Permissions)
}

// Whoever has begun to wait may die; the next one goes on from the row.
func TestARestartGoesOnWhereItWas(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.sim.SetDelays(entrasim.ContosoID, entrasim.Delays{ConsentPrincipal: entrasim.Duration(time.Minute)}))
	consented(s)
	s.pass(30 * time.Second)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	s.connector.Round(stopped)
	assert.Equal(t, access.StepToken, s.connection().Attempt.Step)
	s.connector = New(s.store, s.connector.entra, s.clock, s.connector.log)
	s.pass(time.Minute)
	assert.Equal(t, access.Connected, s.connection().Customer.Connection)
}

func TestRightTenant_ConsentsThatConnectNothing(t *testing.T) {
	for name, c := range map[string]struct {
		app  func(*entrasim.AppSpec)
		play func(s *scene) error
		want access.ConnectFailure
	}{
		"cancelled": {play: func(s *scene) error {
			n, err := s.begin(s.customer.ID, "contoso.example")
			require.NoError(s.t, err)
			query := s.visit(n, "admin@contoso.onmicrosoft.com", "cancel")
			require.Equal(s.t, "True", query.Get("admin_consent"), "Microsoft says so on errors too")
			return s.comeBack(n, query)
		}, want: access.ConsentCancelled},
		"by the wrong tenant": {play: func(s *scene) error {
			n, err := s.begin(s.customer.ID, "contoso.example")
			require.NoError(s.t, err)
			require.Nil(s.t, s.visit(n, "admin@fabrikam.onmicrosoft.com", "accept"), "the page is Contoso's")
			elsewhere := n
			elsewhere.TenantID = access.MustID[access.TenantID](entrasim.FabrikamID)
			return s.comeBack(n, s.visit(elsewhere, "admin@fabrikam.onmicrosoft.com", "accept"))
		}, want: access.WrongTenant},
		"forged, with a tenant that had consented before": {play: func(s *scene) error {
			n, err := s.begin(s.customer.ID, "contoso.example")
			require.NoError(s.t, err)
			return s.comeBack(n, url.Values{"admin_consent": {"True"}, "tenant": {entrasim.FabrikamID}})
		}, want: access.WrongTenant},
		"forged, with the expected tenant, which never consented": {play: func(s *scene) error {
			n, err := s.begin(s.customer.ID, "contoso.example")
			require.NoError(s.t, err)
			return s.comeBack(n, url.Values{"admin_consent": {"True"}, "tenant": {entrasim.ContosoID}})
		}, want: access.NoToken},
		"tenant of another customer": {play: func(s *scene) error {
			other := s.addCustomer("Fabrikam")
			n, err := s.begin(other.ID, "fabrikam.example")
			require.NoError(s.t, err)
			require.NoError(s.t, s.comeBack(n, url.Values{"tenant": {entrasim.FabrikamID}}))
			s.pass(every)
			_, err = s.begin(s.customer.ID, "fabrikam.example")
			return err
		}, want: access.TenantTaken},
		"without all permissions": {
			app: func(a *entrasim.AppSpec) {
				a.Permissions = []string{"User.ReadWrite.All", "Organization.Read.All", "User.Read.All"}
			},
			play: func(s *scene) error { consented(s); return nil }, want: access.PermissionsMissing,
		},
		"with a secret that Microsoft refuses": {
			app:  func(a *entrasim.AppSpec) { a.Secrets = []entrasim.SecretSpec{{Value: "another"}} },
			play: func(s *scene) error { consented(s); return nil }, want: access.AppRefused,
		},
		"while Graph refuses to say who it is": {play: func(s *scene) error {
			_, err := s.sim.AddFault(entrasim.Fault{Tenant: entrasim.ContosoID, Path: "/organization", Kind: entrasim.FaultKind("refuse"), Status: 403})
			require.NoError(s.t, err)
			consented(s)
			return nil
		}, want: access.NotVerified},
	} {
		t.Run(name, func(t *testing.T) {
			edits := []func(*entrasim.AppSpec){}
			if c.app != nil {
				edits = append(edits, c.app)
			}
			s := newScene(t, edits...)
			err := c.play(s)
			s.pass(Patience - time.Minute)
			s.requireNothingConnected()
			s.pass(2 * time.Minute)
			s.requireNothingConnected()
			if err == nil {
				err = s.connection().Attempt.Failure
				assert.Equal(t, access.StepFailed, s.connection().Attempt.Step)
			}
			assert.ErrorIs(t, err, c.want)
			assert.NotContains(t, s.log.String(), entrasim.SampleClientSecret)
		})
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	s := newScene(t, func(a *entrasim.AppSpec) { a.Permissions = a.Permissions[:len(a.Permissions)-2] })
	consented(s)
	s.pass(every)
	want := entrasim.SamplePermissions[len(entrasim.SamplePermissions)-2:]
	assert.Equal(t, want, s.connection().Attempt.Missing)
	s.pass(Patience)
	assert.Equal(t, want, s.connection().Attempt.Missing)
	assert.Equal(t, access.PermissionsMissing, s.connection().Attempt.Failure)
}

func TestTheAccountDomain(t *testing.T) {
	domain := func(name string, managed bool, flags string) entra.Domain {
		return entra.Domain{Name: name, Managed: managed, Initial: strings.Contains(flags, "i"), Default: strings.Contains(flags, "d")}
	}
	for name, c := range map[string]struct {
		domains       []entra.Domain
		present, want string
	}{
		"initial before default":  {[]entra.Domain{domain("contoso.example", true, "d"), domain("contoso.onmicrosoft.com", true, "i")}, "", "contoso.onmicrosoft.com"},
		"the present one stays":   {[]entra.Domain{domain("contoso.example", true, "d"), domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.example"},
		"not if it is federated":  {[]entra.Domain{domain("contoso.example", false, "d"), domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.onmicrosoft.com"},
		"not if it is gone":       {[]entra.Domain{domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.onmicrosoft.com"},
		"default before any":      {[]entra.Domain{domain("a.example", true, ""), domain("b.example", true, "d")}, "", "b.example"},
		"any managed one":         {[]entra.Domain{domain("a.example", false, "d"), domain("b.example", true, "")}, "", "b.example"},
		"federated domains alone": {[]entra.Domain{domain("a.example", false, "d")}, "", ""},
		"no domain":               {nil, "", ""},
	} {
		got, err := accountDomain(c.domains, c.present)
		assert.Equal(t, c.want, got, name)
		assert.Equal(t, c.want == "", err == access.NoManagedDomain, name)
	}
}
