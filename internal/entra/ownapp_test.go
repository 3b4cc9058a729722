package entra_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
)

// oneApp is the app of one tenant's own.
type oneApp struct {
	mu     sync.Mutex
	tenant access.TenantID
	app    appreg.App
}

func (o *oneApp) AppOf(_ context.Context, tenant access.TenantID) (appreg.App, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if tenant != o.tenant {
		return appreg.App{}, nil
	}
	return o.app, nil
}

func (o *oneApp) use(app appreg.App) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.app = app
}

func key(t *testing.T, read func() (appreg.Key, error)) appreg.App {
	k, err := read()
	require.NoError(t, err)
	return appreg.App{KeyID: access.MustID[access.AppKeyID](uuid.NewString()), Key: k}
}

// A tenant that has never consented to the deployment's app is worked in by an app of its own, with a secret and then with
// a certificate; each way in which Microsoft refuses one has its own code.
func TestAnAppOfTheTenantsOwn(t *testing.T) {
	w := newStandIn(t)
	p := w.free(t)
	require.NoError(t, w.RevokeConsent(p.id.String(), entrasim.SampleClientID))
	file := entra.WriteCertificate(t)
	pem, err := os.ReadFile(file)
	require.NoError(t, err)
	own := entrasim.AppSpec{
		ClientID: uuid.NewString(), Name: "Hourglass at Contoso", Certificates: []string{string(pem)}, Permissions: entrasim.SamplePermissions,
		Secrets: []entrasim.SecretSpec{{Value: "contosos-secret"}, {Value: "expired-secret", Expires: time.Now().Add(-time.Minute)}},
	}
	require.NoError(t, w.RegisterApp(own))
	require.NoError(t, w.Connect(p.id.String(), own.ClientID))

	apps := &oneApp{tenant: p.id}
	client := w.client(t, func(c *entra.Config) { c.Apps = apps })
	organization := func(app appreg.App) error {
		app.ClientID = access.MustID[access.ClientID](own.ClientID)
		apps.use(app)
		w.later(time.Minute)
		o, err := client.Tenant(p.id).Organization(t.Context())
		if err == nil {
			assert.Equal(t, p.id, o.TenantID)
		}
		return err
	}
	secret := func(value string) appreg.App {
		return key(t, func() (appreg.Key, error) { return appreg.NewSecret(value) })
	}
	require.NoError(t, organization(secret("contosos-secret")))
	assert.Equal(t, "AADSTS7000215", requireKind(t, entra.Unauthenticated, organization(secret("another-secret"))).Code)
	assert.Equal(t, "AADSTS7000222", requireKind(t, entra.Unauthenticated, organization(secret("expired-secret"))).Code)

	certified := key(t, func() (appreg.Key, error) { return appreg.NewCertificate(pem) })
	require.NoError(t, organization(certified))
	_, err = client.Tenant(p.id).CreateAccount(t.Context(), newAccount(t, p))
	require.NoError(t, err, "everything goes by that app")
	raw, err := os.ReadFile(entra.WriteCertificate(t))
	require.NoError(t, err)
	unregistered := key(t, func() (appreg.Key, error) { return appreg.NewCertificate(raw) })
	assert.Equal(t, "AADSTS700027", requireKind(t, entra.Unauthenticated, organization(unregistered)).Code)

	_, err = client.Tenant(w.free(t).id).Organization(t.Context())
	require.NoError(t, err, "other tenants know the deployment's app")
	_, err = client.TenantBy(appreg.App{}, p.id).Organization(t.Context())
	assert.True(t, requireKind(t, entra.Unauthenticated, err).ConsentMissing(), "this one does not")
	unknown := certified
	unknown.ClientID = access.MustID[access.ClientID](uuid.NewString())
	_, err = client.TenantBy(unknown, p.id).Organization(t.Context())
	assert.Equal(t, "AADSTS700016", requireKind(t, entra.Unauthenticated, err).Code)
}
