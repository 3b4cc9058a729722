package entra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
	"hourglass/internal/testclock"
)

// ownApps are the apps of customers' own, by tenant, as a database would have them.
type ownApps struct {
	mu    sync.Mutex
	apps  map[access.TenantID]appreg.App
	fails error
	asked int
}

func (o *ownApps) AppOf(_ context.Context, tenant access.TenantID) (appreg.App, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	return o.apps[tenant], o.fails
}

func (o *ownApps) use(tenant access.TenantID, app appreg.App) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.apps[tenant] = app
}

func (o *ownApps) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fails = err
}

var itsOwn = access.MustID[access.ClientID]("6f1d7c1e-5a4b-4d0e-9c57-00000000000a")

func anApp(t testing.TB, n int, secret string) appreg.App {
	key, err := appreg.NewSecret(secret)
	require.NoError(t, err)
	return appreg.App{KeyID: access.MustID[access.AppKeyID](fmt.Sprintf("00000000-0000-4000-8000-%012d", n)), ClientID: itsOwn, Key: key}
}

// appHouse is a Microsoft whose tokens say who asked for them, and a client that looks for apps by a clock of its own.
type appHouse struct {
	*microsoft
	apps   *ownApps
	clock  *testclock.Clock
	client *Client
}

func newAppHouse(t *testing.T) *appHouse {
	h := &appHouse{microsoft: newMicrosoft(t), apps: &ownApps{apps: map[access.TenantID]appreg.App{}}, clock: testclock.At(time.Now())}
	h.login(func(w http.ResponseWriter, r *http.Request) {
		write(w, 200, fmt.Sprintf(`{"token_type":"Bearer","expires_in":3599,"access_token":%q}`, jwt(map[string]any{
			"tid": tenantIn(r), "appid": r.FormValue("client_id"), "roles": []string{r.FormValue("client_secret")},
		})))
	}, nil)
	h.graph("PATCH /v1.0/users/{id}", answers(204, ""))
	h.client = h.microsoft.client(t, func(c *Config) { c.Apps, c.Clock = h.apps, h.clock.Now })
	return h
}

// bearer is what the last call of Graph carried.
func (h *appHouse) bearer(t *testing.T, tenant access.TenantID) string {
	require.NoError(t, h.client.Tenant(tenant).SetEnabled(background, ada, false))
	seen := h.requests()
	return seen[len(seen)-1].header.Get("Authorization")
}

func by(tenant access.TenantID, clientID, secret string) string {
	return "Bearer " + jwt(map[string]any{"tid": tenant.String(), "appid": clientID, "roles": []string{secret}})
}

func TestATenantsOwnAppSpeaksThereAndNowhereElse(t *testing.T) {
	h := newAppHouse(t)
	h.apps.use(contoso, anApp(t, 1, "secret-of-contoso"))
	assert.Equal(t, by(contoso, itsOwn.String(), "secret-of-contoso"), h.bearer(t, contoso))
	assert.Equal(t, by(fabrikam, testClientID, "a-client-secret"), h.bearer(t, fabrikam), "everywhere else the deployment's")

	held, err := h.client.Tenant(contoso).Permissions(background)
	require.NoError(t, err)
	assert.Equal(t, []string{"secret-of-contoso"}, held)
}

func TestAReplacedKeyIsTakenUpWithoutARestartAndOldTokensAreDropped(t *testing.T) {
	h := newAppHouse(t)
	assert.Equal(t, by(contoso, testClientID, "a-client-secret"), h.bearer(t, contoso))
	for n, secret := range []string{"the-first-secret", "the-second-secret"} {
		before := h.bearer(t, contoso)
		h.apps.use(contoso, anApp(t, n+1, secret))
		assert.Equal(t, before, h.bearer(t, contoso), "not asked for at each call")
		h.clock.Advance(appKept)
		assert.Equal(t, by(contoso, itsOwn.String(), secret), h.bearer(t, contoso))
	}
	asked := h.apps.asked
	for range 20 {
		h.bearer(t, contoso)
	}
	assert.Equal(t, asked, h.apps.asked)
	h.apps.use(contoso, appreg.App{})
	h.clock.Advance(appKept)
	assert.Equal(t, by(contoso, testClientID, "a-client-secret"), h.bearer(t, contoso), "and back")
}

func TestNothingIsSentWhileNobodyKnowsWhichAppSpeaks(t *testing.T) {
	h := newAppHouse(t)
	h.apps.fail(errors.New("the database, and canary-secret"))
	err := h.client.Tenant(contoso).SetEnabled(background, ada, false)
	assert.Equal(t, &Error{Kind: Unavailable, Op: opToken, Code: CodeNoApp}, err, "a write, but nothing was sent")
	assert.Empty(t, h.seen)
	h.apps.fail(nil)
	h.bearer(t, contoso)
}

func TestACandidateSpeaksForItselfAlone(t *testing.T) {
	h := newAppHouse(t)
	h.apps.use(contoso, anApp(t, 1, "the-one-in-use"))
	inUse := h.bearer(t, contoso)
	held, err := h.client.TenantBy(anApp(t, 2, "the-candidate"), contoso).Permissions(background)
	require.NoError(t, err)
	assert.Equal(t, []string{"the-candidate"}, held)
	held, err = h.client.TenantBy(appreg.App{}, contoso).Permissions(background)
	require.NoError(t, err)
	assert.Equal(t, []string{"a-client-secret"}, held, "the zero App is the deployment's")
	assert.Equal(t, inUse, h.bearer(t, contoso))
}

func TestATokenOfAnotherAppThanTheOneThatAskedIsRefused(t *testing.T) {
	h := newAppHouse(t)
	h.login(h.theToken, nil) // always the deployment's
	_, err := h.client.TenantBy(anApp(t, 1, "the-candidate"), contoso).Permissions(background)
	assert.Equal(t, &Error{Kind: Unauthenticated, Op: opToken, Code: CodeWrongApp}, err)
}
