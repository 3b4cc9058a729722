package entra_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

// world is where the conformance suite takes place: the stand-in, or a tenant of a real Microsoft. The suite speaks to it
// through a client, and through this interface does and sees what a customer's administrator could. A world that
// lacks what a test asks for skips the test, and says what it lacks.
type world interface {
	client(t testing.TB, edits ...func(*entra.Config)) *entra.Client
	// anywhere is a tenant that allows passes, free one without any licence, premium one with Entra ID P2.
	anywhere(t testing.TB) place
	free(t testing.TB) place
	premium(t testing.TB) place
	// certificate is a PEM file with a certificate that the app is registered with, and its key.
	certificate(t testing.TB) string
	// patience is how long after a write an answer may still be that of before.
	patience() time.Duration

	// registerMethod adds a sign-in method by the name of its Graph collection.
	registerMethod(t testing.TB, p place, id access.ObjectID, collection string)
	giveRole(t testing.TB, p place, id access.ObjectID, role access.RoleID)
	makeEligible(t testing.TB, p place, id access.ObjectID, role access.RoleID)
	group(t testing.TB, p place, g newGroup) access.ObjectID
	look(t require.TestingT, p place, id access.ObjectID) sight
	securityDefaults(t testing.TB, p place) bool
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
	pagesOf(n int)
	signsIn(p place, userName string, secret access.Secret) bool
	// calls are the routes called in the tenant so far: "POST /users".
	calls(p place) []string
}

type place struct {
	id     access.TenantID
	domain string
	// expect is told of every account before a test makes it; nil where accounts go with their world.
	expect func(access.UPN)
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

func random(t testing.TB) (b [8]byte) {
	_, err := rand.Read(b[:])
	require.NoError(t, err)
	return b
}

// An account of the suite is known by both, and by a marker of Hourglass's.
const (
	accountPrefix = "hg-live-"
	accountName   = "Ada (conformance)"
)

// newPassword is known to nobody: the account may be one of a real tenant.
func newPassword(t testing.TB) access.Secret {
	first, second := random(t), random(t)
	return access.NewSecret("Aa1." + hex.EncodeToString(first[:]) + hex.EncodeToString(second[:]))
}

// newAccount has a name and a marker that nobody else has.
func newAccount(t testing.TB, p place) entra.NewAccount {
	seed := random(t)
	upn, err := access.NewUPN(accountPrefix+hex.EncodeToString(seed[:]), p.domain)
	require.NoError(t, err)
	name, err := access.NewName(accountName)
	require.NoError(t, err)
	if p.expect != nil {
		p.expect(upn)
	}
	return entra.NewAccount{UPN: upn, DisplayName: name, Marker: access.NewMarker(seed), Password: newPassword(t)}
}

// inhabited is a tenant with one new account in it.
func inhabited(t testing.TB, w world, p place) (*entra.Tenant, entra.Account) {
	tenant := w.client(t).Tenant(p.id)
	account, err := tenant.CreateAccount(t.Context(), newAccount(t, p))
	require.NoError(t, err)
	return tenant, account
}

// settled is the same once the tenant has heard of the account.
func settled(t testing.TB, w world, p place) (*entra.Tenant, entra.Account) {
	tenant, account := inhabited(t, w, p)
	return tenant, known(t, w, tenant, account.ID)
}

// known asks until the account is told of several times in a row where it may lag: each answer may come from another replica.
func known(t testing.TB, w world, tenant *entra.Tenant, id access.ObjectID) (account entra.Account) {
	times := 1
	if w.patience() > standInPatience {
		times = 5
	}
	soon(t, w, func(t *assert.CollectT) {
		for range times {
			var err error
			account, err = tenant.Account(context.Background(), id)
			require.NoError(t, err)
		}
	})
	return account
}

// standInPatience is for a machine that is busy: the stand-in itself does not lag unless it is told to.
const standInPatience = 10 * time.Second

// soon asks until the world says what is expected; the stand-in at once.
func soon(t testing.TB, w world, says func(*assert.CollectT)) {
	t.Helper()
	require.EventuallyWithT(t, says, w.patience(), w.patience()/100)
}

func requireKind(t require.TestingT, want entra.Kind, err error) *entra.Error {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	require.Equal(t, want, entra.KindOf(err), "%v", err)
	var e *entra.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Op)
	return e
}
