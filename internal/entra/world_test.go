package entra_test

import (
	"crypto/rand"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

// world is where the conformance suite takes place: the stand-in, or tenants of a real Microsoft. The suite speaks to it
// through a client, and through this interface does and sees what a customer's administrator could.
type world interface {
	client(t testing.TB, edits ...func(*entra.Config)) *entra.Client
	// free is a tenant without any licence, premium one with Entra ID P2. Passes of 10 to 480 minutes are allowed in both.
	free(t testing.TB) place
	premium(t testing.TB) place
	// certificate is a PEM file with a certificate that the app is registered with, and its key.
	certificate(t testing.TB) string

	// registerMethod adds a sign-in method by the name of its Graph collection.
	registerMethod(t testing.TB, p place, id access.ObjectID, collection string)
	giveRole(t testing.TB, p place, id access.ObjectID, role access.RoleID)
	makeEligible(t testing.TB, p place, id access.ObjectID, role access.RoleID)
	group(t testing.TB, p place, g newGroup) access.ObjectID
	look(t testing.TB, p place, id access.ObjectID) sight
}

// disturbed is a world in which things can be made to go wrong and time can be made to pass: the stand-in alone.
type disturbed interface {
	world
	lag(t testing.TB, p place, l lag)
	disturb(t testing.TB, p place, d disturbance)
	calm()
	later(d time.Duration)
	passPolicy(t testing.TB, p place, enabled bool, least, most int)
	// passTargets says whom the pass policy includes, nil for everybody, and excludes.
	passTargets(t testing.TB, p place, once bool, include, exclude []access.ObjectID)
	ungrant(t testing.TB, p place, permission string)
	disconnect(t testing.TB, p place)
	deleteAccount(t testing.TB, p place, id access.ObjectID)
	pagesOf(n int)
	signsIn(p place, userName string, secret access.Secret) bool
	// calls are the routes called in the tenant so far: "POST /users".
	calls(p place) []string
}

type place struct {
	id     access.TenantID
	domain string
}

type newGroup struct {
	roleAssignable  bool
	members, owners []access.ObjectID
	// inside is a group that the new one is made a member of.
	inside access.ObjectID
}

// sight is an account as its administrator sees it.
type sight struct {
	enabled                   bool
	roles, eligible, methods  int
	sessionsFrom, passwordSet time.Time
}

// lag is how far Microsoft is behind itself.
type lag struct {
	lookUpsThatMissANewAccount int
	pim, roleRemoval           time.Duration
}

// disturbance is what happens to the next calls of a route.
type disturbance struct {
	method, path string // path is a regular expression
	what         string // "throttle", "refuse", "dropBefore", "dropAfter"
	count        int    // 0: until calm
	status       int
	after        time.Duration
}

var (
	helpdesk   = access.MustID[access.RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")
	exchange   = access.MustID[access.RoleID]("29232cdf-9323-42fd-ade2-1d097af3e4de")
	sharepoint = access.MustID[access.RoleID]("f28a1f50-f6e7-4571-818b-6a12f2af6b6c")
	nobody     = access.MustID[access.ObjectID]("dddddddd-0000-4000-8000-000000000001")
)

const aPassword = "Correct-Horse-7"

func random(t testing.TB) (b [8]byte) {
	_, err := rand.Read(b[:])
	require.NoError(t, err)
	return b
}

// newAccount has a name and a marker that nobody else has.
func newAccount(t testing.TB, p place) entra.NewAccount {
	seed := random(t)
	upn, err := access.NewUPN("jit-"+hex.EncodeToString(seed[:]), p.domain)
	require.NoError(t, err)
	name, err := access.NewName("Ada (conformance)")
	require.NoError(t, err)
	return entra.NewAccount{UPN: upn, DisplayName: name, Marker: access.NewMarker(seed), Password: access.NewSecret(aPassword)}
}

// inhabited is a tenant with one new account in it.
func inhabited(t testing.TB, w world, p place) (*entra.Tenant, entra.Account) {
	tenant := w.client(t).Tenant(p.id)
	account, err := tenant.CreateAccount(t.Context(), newAccount(t, p))
	require.NoError(t, err)
	return tenant, account
}

// known asks until a tenant that lags has heard of the account; in the stand-in at once.
func known(t testing.TB, tenant *entra.Tenant, id access.ObjectID) entra.Account {
	var account entra.Account
	require.Eventually(t, func() bool {
		var err error
		account, err = tenant.Account(t.Context(), id)
		return err == nil
	}, 2*time.Minute, 100*time.Millisecond)
	return account
}

func requireKind(t testing.TB, want entra.Kind, err error) *entra.Error {
	t.Helper()
	require.Equal(t, want, entra.KindOf(err), "%v", err)
	var e *entra.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Op)
	return e
}
