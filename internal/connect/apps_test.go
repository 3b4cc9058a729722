package connect

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
	"hourglass/internal/entrasim"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

const (
	contososSecret = "contosos-own~secret"
	nextSecret     = "contosos-next~secret"
)

var contosoID = access.MustID[access.TenantID](entrasim.ContosoID)

// certificate is one in PEM, and with its key.
func certificate(t *testing.T, ends time.Time) (public, both string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Hourglass"}, NotAfter: ends}
	cert := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	public = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	return public, public + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))}))
}

// own is the app registration of Contoso's own, known and consented to in Contoso alone.
func (s *scene) own(edits ...func(*entrasim.AppSpec)) entrasim.AppSpec {
	app := entrasim.AppSpec{
		ClientID: uuid.NewString(), Name: "Hourglass at Contoso", Permissions: slices.Clone(entrasim.SamplePermissions),
		Secrets: []entrasim.SecretSpec{{Value: contososSecret}, {Value: nextSecret}, {Value: "contosos-expired", Expires: s.clock().Add(-time.Hour)}},
	}
	for _, edit := range edits {
		edit(&app)
	}
	require.NoError(s.t, s.sim.RegisterApp(app))
	require.NoError(s.t, s.sim.Connect(entrasim.ContosoID, app.ClientID))
	return app
}

// bring hands an app with its key over, as the API does.
func (s *scene) bring(clientID string, key appreg.Key) error {
	return s.bringFor(s.customer.ID, contosoID, clientID, key)
}

func (s *scene) bringFor(customer access.CustomerID, tenant access.TenantID, clientID string, key appreg.Key) error {
	place := seal.AppKeyPlace{Customer: customer, Tenant: tenant, Kind: key.Kind()}
	app := store.AppKey{
		ID: id[access.AppKeyID](s.t), CustomerID: customer, TenantID: tenant, ClientID: access.MustID[access.ClientID](clientID),
		Kind: key.Kind(), Thumbprint: key.Thumbprint(), ExpiresAt: s.clock().Add(365 * 24 * time.Hour),
		Sealed: must(s.vault.SealAppKey(place, must(key.Text()))),
	}
	if ends := key.Expires(); !ends.IsZero() {
		app.ExpiresAt = ends
	}
	return s.store.BeginConnection(s.t.Context(), store.NewAttempt{
		ID: id[access.AttemptID](s.t), CustomerID: customer, TenantID: tenant, StateHash: [32]byte([]byte(uuid.NewString())[:32]),
		SessionID: [32]byte{1}, ExpiresAt: s.clock().Add(15 * time.Minute), App: &app,
	}, store.Actor{PersonID: s.admin.ID})
}

// works asks Contoso through the app that is in use there.
func (s *scene) works() error {
	_, err := s.connector.entra.Tenant(contosoID).Organization(s.t.Context())
	return err
}

func secret(value string) appreg.Key { return must(appreg.NewSecret(value)) }

func TestACustomerIsConnectedWithAnAppOfItsOwn(t *testing.T) {
	s := newScene(t)
	app := s.own()
	require.Error(t, s.works(), "Contoso does not know the deployment's app")
	require.NoError(t, s.bring(app.ClientID, secret(contososSecret)))
	s.requireNothingConnected()
	s.pass(every)
	c := s.connection()
	assert.Equal(t, access.StepDone, c.Attempt.Step)
	assert.Equal(t, access.Connected, c.Customer.Connection)
	assert.Equal(t, contosoID, c.Customer.TenantID)
	assert.ElementsMatch(t, entrasim.SamplePermissions, c.Permissions)
	assert.True(t, c.App.OfCustomer)
	assert.Equal(t, app.ClientID, c.App.ClientID.String())
	s.pass(3 * time.Second)
	require.NoError(t, s.works())
	assert.NotContains(t, s.log.String(), contososSecret)
}

// The old secret goes on working until the new one, or a certificate, has been verified; a bad one changes nothing.
func TestAKeyIsReplacedWithoutAGap(t *testing.T) {
	s := newScene(t)
	public, both := certificate(t, s.clock().Add(400*24*time.Hour))
	app := s.own(func(a *entrasim.AppSpec) { a.Certificates = []string{public} })
	require.NoError(t, s.bring(app.ClientID, secret(contososSecret)))
	s.pass(3 * time.Second)
	for _, next := range []struct {
		key  appreg.Key
		kind access.AppKeyKind
		want access.ConnectFailure
	}{
		{secret("contosos-mistyped"), access.AppSecret, access.SecretWrong},
		{must(appreg.NewCertificate([]byte(both))), access.AppCertificate, ""},
		{secret("contosos-expired"), access.AppCertificate, access.SecretExpired},
		{secret(nextSecret), access.AppSecret, ""},
	} {
		require.NoError(t, s.works())
		require.NoError(t, s.bring(app.ClientID, next.key))
		require.NoError(t, s.works(), "before it is verified")
		s.pass(5 * time.Second)
		assert.Equal(t, next.want, s.connection().Attempt.Failure)
		assert.Equal(t, access.Connected, s.connection().Customer.Connection)
		assert.Equal(t, next.kind, s.connection().App.Kind)
		require.NoError(t, s.works(), "and afterwards")
	}
	// What was dropped is not needed any more.
	app.Secrets, app.Certificates = []entrasim.SecretSpec{{Value: nextSecret}}, nil
	require.NoError(t, s.sim.RegisterApp(app))
	require.NoError(t, s.works())
	for _, text := range []string{contososSecret, nextSecret, "contosos-mistyped", "PRIVATE KEY"} {
		assert.NotContains(t, s.log.String(), text)
	}
}

func TestRightTenant_AppsThatConnectNothing(t *testing.T) {
	for name, c := range map[string]struct {
		play func(s *scene) error
		want access.ConnectFailure
		// slow: it is asked again until the time is over.
		slow bool
	}{
		"a wrong secret":    {func(s *scene) error { return s.bring(s.own().ClientID, secret("contosos-mistyped")) }, access.SecretWrong, false},
		"an expired secret": {func(s *scene) error { return s.bring(s.own().ClientID, secret("contosos-expired")) }, access.SecretExpired, false},
		"an unknown app":    {func(s *scene) error { s.own(); return s.bring(uuid.NewString(), secret(contososSecret)) }, access.AppNotFound, false},
		"another tenant's": {func(s *scene) error {
			return s.bringFor(s.customer.ID, access.MustID[access.TenantID](entrasim.FabrikamID), s.own().ClientID, secret(contososSecret))
		}, access.AppNotFound, false},
		"the deployment's":   {func(s *scene) error { return s.bring(entrasim.SampleClientID, secret(entrasim.SampleClientSecret)) }, access.AppNotFound, false},
		"missing permission": {func(s *scene) error { return s.bring(s.lacking().ClientID, secret(contososSecret)) }, access.PermissionsMissing, true},
		"a certificate that was not added": {func(s *scene) error {
			_, both := certificate(s.t, s.clock().Add(time.Hour))
			return s.bring(s.own().ClientID, must(appreg.NewCertificate([]byte(both))))
		}, access.CertificateRefused, false},
		"a tenant of another customer": {func(s *scene) error {
			app, other := s.own(), s.addCustomer("Fabrikam")
			require.NoError(s.t, s.bringFor(other.ID, contosoID, app.ClientID, secret(contososSecret)))
			s.pass(every)
			return s.bring(app.ClientID, secret(contososSecret))
		}, access.TenantTaken, false},
		"a sealed key that was moved from another customer": {func(s *scene) error {
			app, other := s.own(), s.addCustomer("Fabrikam")
			key := secret(contososSecret)
			sealed := must(s.vault.SealAppKey(seal.AppKeyPlace{Customer: other.ID, Tenant: contosoID, Kind: key.Kind()}, must(key.Text())))
			return s.store.BeginConnection(s.t.Context(), store.NewAttempt{
				ID: id[access.AttemptID](s.t), CustomerID: s.customer.ID, TenantID: contosoID, StateHash: [32]byte{7},
				SessionID: [32]byte{1}, ExpiresAt: s.clock().Add(15 * time.Minute), App: &store.AppKey{
					ID: id[access.AppKeyID](s.t), ClientID: access.MustID[access.ClientID](app.ClientID), Kind: key.Kind(),
					ExpiresAt: s.clock().Add(time.Hour), Sealed: sealed,
				},
			}, store.Actor{PersonID: s.admin.ID})
		}, access.NotVerified, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			err := c.play(s)
			s.pass(every)
			if c.slow {
				require.Equal(t, access.ConnectFailure(""), s.connection().Attempt.Failure)
				s.pass(OwnPatience)
			}
			s.requireNothingConnected()
			if err == nil {
				err = s.connection().Attempt.Failure
				_, gone := s.store.AppKey(t.Context(), s.connection().Attempt.AppKeyID)
				assert.ErrorIs(t, gone, access.ErrNotFound, "what was refused is deleted")
			}
			assert.ErrorIs(t, err, c.want)
			assert.NotContains(t, s.log.String(), "contosos-")
		})
	}
}

// lacking declares two permissions fewer than are asked for.
func (s *scene) lacking() entrasim.AppSpec {
	return s.own(func(a *entrasim.AppSpec) { a.Permissions = a.Permissions[:len(a.Permissions)-2] })
}

func TestWhatAnOwnAppLacksIsNamedAndMayStillCome(t *testing.T) {
	s := newScene(t)
	app := s.lacking()
	require.NoError(t, s.bring(app.ClientID, secret(contososSecret)))
	s.pass(every)
	assert.Equal(t, access.StepPermissions, s.connection().Attempt.Step)
	assert.Equal(t, entrasim.SamplePermissions[len(entrasim.SamplePermissions)-2:], s.connection().Attempt.Missing)
	require.NoError(t, s.sim.Consent(entrasim.ContosoID, app.ClientID, entrasim.SamplePermissions...))
	s.pass(checkAgain)
	assert.Equal(t, access.Connected, s.connection().Customer.Connection)
}

func TestTheEndsOfKeysAreNotedAndWarnedAbout(t *testing.T) {
	s := newScene(t)
	ends := s.clock().Add(40 * 24 * time.Hour)
	s.connector.secretEnds = ends
	require.True(t, s.connector.noteDeployment(t.Context()))
	app := s.connection().App
	assert.Equal(t, entrasim.SampleClientID, app.ClientID.String())
	assert.WithinDuration(t, ends, *app.ExpiresAt, time.Millisecond)

	public, both := certificate(t, s.clock().Add(5*24*time.Hour))
	own := s.own(func(a *entrasim.AppSpec) { a.Certificates = []string{public} })
	require.NoError(t, s.bring(own.ClientID, must(appreg.NewCertificate([]byte(both)))))
	s.pass(every)
	s.connector.Warn(t.Context())
	s.connector.Warn(t.Context())
	assert.Regexp(t, `level=WARN msg="an app's secret ends soon: .*" days=60 .*client_id=`+entrasim.SampleClientID, s.log.String())
	assert.Regexp(t, `level=WARN msg="an app's certificate ends soon: .*" days=7 .*client_id=`+own.ClientID+` customer=`+s.customer.ID.String(), s.log.String())
	assert.Equal(t, 2, strings.Count(s.log.String(), "ends soon"), "once each")
}
