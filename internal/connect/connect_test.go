package connect

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
)

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
	s.connector = New(Config{Store: s.store, Entra: s.connector.entra, Apps: s.connector.apps, Clock: s.clock, Log: s.connector.log})
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
			query := s.visit(n, "admin@contoso.onmicrosoft.com", false)
			require.Equal(s.t, "True", query.Get("admin_consent"), "Microsoft says so on errors too")
			return s.comeBack(n, query)
		}, want: access.ConsentCancelled},
		"by the wrong tenant": {play: func(s *scene) error {
			n, err := s.begin(s.customer.ID, "contoso.example")
			require.NoError(s.t, err)
			require.Nil(s.t, s.visit(n, "admin@fabrikam.onmicrosoft.com", true), "the page is Contoso's")
			elsewhere := n
			elsewhere.TenantID = access.MustID[access.TenantID](entrasim.FabrikamID)
			return s.comeBack(n, s.visit(elsewhere, "admin@fabrikam.onmicrosoft.com", true))
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
		connected     bool
	}{
		"initial before default":            {[]entra.Domain{domain("contoso.example", true, "d"), domain("contoso.onmicrosoft.com", true, "i")}, "", "contoso.onmicrosoft.com", false},
		"the present one stays":             {[]entra.Domain{domain("contoso.example", true, "d"), domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.example", false},
		"not if it is federated":            {[]entra.Domain{domain("contoso.example", false, "d"), domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.onmicrosoft.com", false},
		"federated, if it was chosen since": {[]entra.Domain{domain("contoso.onmicrosoft.com", true, "i"), domain("contoso.example", false, "d")}, "contoso.example", "contoso.example", true},
		"chosen and gone":                   {[]entra.Domain{domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.onmicrosoft.com", true},
		"however it is written":             {[]entra.Domain{domain("Contoso.Example", true, "d"), domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.example", false},
		"no name of a domain":               {[]entra.Domain{domain("<b>", true, "id"), domain("b.example", true, "")}, "", "b.example", false},
		"not if it is gone":                 {[]entra.Domain{domain("contoso.onmicrosoft.com", true, "i")}, "contoso.example", "contoso.onmicrosoft.com", false},
		"default before any":                {[]entra.Domain{domain("a.example", true, ""), domain("b.example", true, "d")}, "", "b.example", false},
		"any managed one":                   {[]entra.Domain{domain("a.example", false, "d"), domain("b.example", true, "")}, "", "b.example", false},
		"federated domains alone":           {[]entra.Domain{domain("a.example", false, "d")}, "", "", false},
		"no domain":                         {nil, "", "", false},
	} {
		customer := store.Customer{AccountDomain: c.present, Connection: access.Unconnected}
		if c.connected {
			customer.Connection = access.Connected
		}
		got, err := accountDomain(c.domains, customer)
		assert.Equal(t, c.want, got, name)
		assert.Equal(t, c.want == "", err == access.NoManagedDomain, name)
	}
}

// Whoever changes the customer while its tenant is being verified is not overwritten, nor overwrites what they have not seen.
func TestASettingThatChangesMeanwhileStands(t *testing.T) {
	s := newScene(t)
	consented(s)
	due, err := s.store.DueConnections(t.Context(), 1)
	require.NoError(t, err)
	stale, _, err := s.connector.verify(t.Context(), due[0])
	require.NoError(t, err)
	before := s.connection().Customer
	settings := before.Settings()
	settings.AccountDomain = "contoso.example"
	_, err = s.store.ChangeCustomer(t.Context(), before.ID, before.Revision, settings, store.Actor{PersonID: s.admin.ID})
	require.NoError(t, err)
	require.ErrorIs(t, s.store.Connect(t.Context(), due[0].ID, stale), access.ErrChanged)
	s.connector.Round(t.Context())
	assert.Equal(t, "contoso.example", s.connection().Customer.AccountDomain)

	n, err := s.begin(s.customer.ID, "contoso.example")
	require.NoError(t, err)
	require.NoError(t, s.comeBack(n, s.visit(n, "admin@contoso.onmicrosoft.com", true)))
	seen := s.connection().Customer
	require.NoError(t, s.store.Connect(t.Context(), n.ID, store.Verified{TenantID: n.TenantID, AccountDomain: "contoso.onmicrosoft.com"}))
	settings = seen.Settings()
	settings.Name = must(access.NewName("Contoso Ltd"))
	_, err = s.store.ChangeCustomer(t.Context(), seen.ID, seen.Revision, settings, store.Actor{PersonID: s.admin.ID})
	assert.ErrorIs(t, err, access.ErrChanged, "it would have brought the former domain back")
}
