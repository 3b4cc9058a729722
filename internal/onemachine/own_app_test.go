package onemachine_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// certificate is one in PEM, its private key, and a line of that key by which it can be found.
func certificate(t *testing.T) (public, private, line string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(0, 0, 45)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	public = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	private = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	return public, private, strings.Split(private, "\n")[12]
}

// visit is a whole grant of Ada's, from the request to its proven end.
func (s *stage) visit(ctx context.Context, t *testing.T, customer access.CustomerID) api.Grant {
	t.Helper()
	g, err := s.ada.Request(ctx, uuid.NewString(), api.GrantRequest{
		CustomerId: customer, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(lifetime / time.Second),
	})
	require.NoError(t, err)
	g, err = s.ada.Await(ctx, g.Id, access.Ended)
	require.NoError(t, err)
	assert.Equal(t, access.Expired, g.Outcome)
	assert.NotZero(t, g.Proof, "proof-of-off")
	return g
}

// A customer that never consents is connected and worked in by an app of its own, whose secret is replaced by a certificate
// during a grant, and whose key outlives a rotation of the keyset. Nothing of it stands anywhere in clear (two-keys).
func TestTwoKeys_ACustomersOwnApp(t *testing.T) {
	sideBySide(t)
	s := newStage(t, onemachine.Config{Split: true})
	ctx := patiently(t)
	customer, tenant := s.unconnected(t, "lucerne", entrasim.Delays{})
	standard, err := access.NewLifetime(time.Hour)
	require.NoError(t, err)
	limits, err := access.NewLimits(standard, standard)
	require.NoError(t, err)
	_, err = s.Store.ChangeCustomer(ctx, customer.ID, 0, store.CustomerSettings{Name: customer.Name, Limits: limits}, store.Actor{})
	require.NoError(t, err)

	const secret = "canary~of~lucernes~own~app"
	public, private, line := certificate(t)
	app := entrasim.AppSpec{
		ClientID: uuid.NewString(), Name: "Hourglass at Lucerne", Permissions: entrasim.SamplePermissions,
		Secrets: []entrasim.SecretSpec{{Value: secret}}, Certificates: []string{public},
	}
	require.NoError(t, s.Sim.RegisterApp(app))
	require.NoError(t, s.Sim.Connect(tenant.ID, app.ClientID))
	bring := func(own api.OwnApp, kind access.AppKeyKind) {
		own.ClientId = access.MustID[access.ClientID](app.ClientID)
		require.NoError(t, s.ada.Assert(ctx))
		_, err := s.ada.BringApp(ctx, customer.ID, own)
		require.NoError(t, err)
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			connection := s.connection(ctx, c, customer.ID)
			assert.Equal(c, access.StepDone, connection.Attempt.Step, "%+v", connection.Attempt)
			assert.Equal(c, kind, connection.App.Kind)
		}, patience, 100*time.Millisecond)
	}
	bring(api.OwnApp{
		Tenant: tenant.ID, ClientSecret: secret, SecretExpiresOn: types.Date{Time: time.Now().AddDate(1, 0, 0)},
	}, access.AppSecret)
	s.visit(ctx, t, customer.ID)

	live, err := s.ada.Request(ctx, uuid.NewString(), api.GrantRequest{
		CustomerId: customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(2 * lifetime / time.Second),
	})
	require.NoError(t, err)
	_, err = s.ada.Await(ctx, live.Id, access.Active)
	require.NoError(t, err)
	bring(api.OwnApp{Certificate: public + private}, access.AppCertificate)
	app.Secrets = nil
	require.NoError(t, s.Sim.RegisterApp(app))
	ended, err := s.ada.Await(ctx, live.Id, access.Ended)
	require.NoError(t, err)
	assert.NotZero(t, ended.Proof, "proof-of-off, by another key than it began with")

	assert.Equal(t, 60, s.connection(ctx, t, customer.ID).App.ExpiresWithinDays, "the certificate ends in 45 days")

	keyset := filepath.Join(s.Dir(), "keyset.json")
	first, err := s.Hourglass(ctx, "keys", "list", keyset)
	require.NoError(t, err)
	old := regexp.MustCompile(`\d+`).FindString(first)
	said, err := s.Hourglass(ctx, "keys", "add", keyset)
	require.NoError(t, err)
	s.restart(ctx, t)
	_, err = s.Hourglass(ctx, "keys", "use", keyset, regexp.MustCompile(`\d+`).FindString(said))
	require.NoError(t, err)
	s.restart(ctx, t)
	said, err = s.Hourglass(ctx, "keys", "rewrap")
	require.NoError(t, err)
	assert.Contains(t, said, "1 keys of customers' apps")
	_, err = s.Hourglass(ctx, "keys", "remove", keyset, old)
	require.NoError(t, err)
	s.restart(ctx, t)
	s.visit(ctx, t, customer.ID)
	records, err := s.Store.AuditRecords(ctx, 0, 1000)
	require.NoError(t, err)
	assert.Equal(t, 1, onemachine.Tally(records)[audit.AppKeyExpires], "each worker that started looked; one warned")

	found, err := s.Search(ctx, secret, line, app.ClientID)
	require.NoError(t, err)
	assert.NotEmpty(t, found.In[app.ClientID], "a search that finds nothing proves nothing")
	for _, needle := range []string{secret, line} {
		assert.Empty(t, found.In[needle], "two-keys")
	}
	s.checkWhole(t)
}

// restart lets both processes read the keyset anew.
func (s *stage) restart(ctx context.Context, t *testing.T) {
	t.Helper()
	for _, p := range []*onemachine.Process{s.API, s.Worker} {
		require.NoError(t, p.Restart(ctx))
	}
}
