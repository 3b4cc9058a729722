package entra_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/process"
)

// What `make test-live` runs is run here as a process of its own, which knows the stand-in by nothing but its variables.

// liveRun is that process.
type liveRun struct {
	*process.Child
	said *strings.Builder // to be read when it has ended
}

// startLive runs the tests of TestLive of that name, all for "".
func startLive(t *testing.T, w *standIn, p place, name string, variables ...string) liveRun {
	filter := "^TestLive$"
	if name != "" {
		filter += "/^" + strings.ReplaceAll(name, " ", "_") + "$"
	}
	cmd := exec.Command(os.Args[0], "-test.v", "-test.count=1", "-test.timeout=2m", "-test.run="+filter)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HOURGLASS_LIVE_") })
	cmd.Env = append(cmd.Env,
		"HOURGLASS_TEST_LIVE=1", "HOURGLASS_LIVE_TENANT_ID="+p.id.String(), "HOURGLASS_LIVE_CLIENT_ID="+entrasim.SampleClientID,
		"HOURGLASS_LIVE_AUTHORITY_URL="+w.LoginURL(), "HOURGLASS_LIVE_GRAPH_URL="+w.GraphURL(), "HOURGLASS_LIVE_CA_FILE="+w.CAFile())
	cmd.Env = append(cmd.Env, variables...)
	r := liveRun{said: &strings.Builder{}}
	var err error
	r.Child, err = process.Start(cmd, r.said)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Kill() })
	return r
}

// end waits for the process and returns what it said.
func (r liveRun) end(t *testing.T) string {
	select {
	case <-r.Ended():
	case <-time.After(2 * time.Minute):
		t.Fatal("it does not end")
	}
	return r.said.String()
}

const withSecret = "HOURGLASS_LIVE_CLIENT_SECRET=" + entrasim.SampleClientSecret

// aNewAccount is a test of the suite that makes one.
const aNewAccount = "a new account is disabled, marked and found"

func TestLiveLeavesNothing(t *testing.T) {
	w := newStandIn(t)
	certificate := "HOURGLASS_LIVE_CLIENT_CERTIFICATE_FILE=" + w.certificate(t)
	for _, c := range []struct {
		name     string
		place    place
		identity string
		skipped  []string
	}{
		{"free, by a secret", w.free(t), withSecret, []string{"Entra ID P2", "CERTIFICATE_FILE is not set"}},
		{"P2, by a certificate", w.premium(t), certificate, []string{"without a licence"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := startLive(t, w, c.place, "", c.identity).end(t)
			assert.Contains(t, said, "\n--- PASS: TestLive", said)
			for _, reason := range append(c.skipped, "needs faults", "registered by the person", "making groups") {
				assert.Contains(t, said, reason)
			}
			calls := w.calls(c.place)
			for _, write := range []string{"POST /users", "PATCH /users/{id}", "DELETE /users/{id}"} {
				assert.Contains(t, calls, write)
			}
			left(t, w, c.place, 0)
			app, found := w.ServicePrincipal(c.place.id.String(), entrasim.SampleClientID)
			require.True(t, found)
			assert.Equal(t, []string{"User Administrator"}, app.Roles, "as before")
		})
	}
}

// left asserts how many accounts there are, and returns them.
func left(t *testing.T, w *standIn, p place, want int) []entrasim.Account {
	t.Helper()
	accounts := w.Users(p.id.String())
	require.Len(t, accounts, want)
	return accounts
}

func TestLiveCleansUpAfterTestsThatFail(t *testing.T) {
	w := newStandIn(t)
	p := w.free(t)
	w.disturb(t, p, disturbance{method: "PATCH", what: "refuse", status: 403})
	w.disturb(t, p, disturbance{method: "POST", path: "revokeSignInSessions$", what: "refuse", status: 403})
	said := startLive(t, w, p, "", withSecret).end(t)
	assert.Contains(t, said, "\n--- FAIL: TestLive", said)
	assert.Contains(t, said, "--- FAIL: TestLive/revoking_voids")
	assert.Contains(t, said, "--- PASS: TestLive/a_direct_role", "and goes on with the others")
	left(t, w, p, 0)
}

func TestLiveCleansUpWhenItIsInterrupted(t *testing.T) {
	w := newStandIn(t)
	p := w.free(t)
	r := holdsOneAccount(t, w, p)
	require.NoError(t, r.Stop(time.Minute))
	assert.Contains(t, r.end(t), "interrupted: taking away what was made")
	left(t, w, p, 0)
}

// holdsOneAccount is a run that hangs in the middle of a test, where the client reads its account by the id. (Cleaning up
// asks by the name.)
func holdsOneAccount(t *testing.T, w *standIn, p place) liveRun {
	_, err := w.AddFault(entrasim.Fault{
		Tenant: p.id.String(), Method: "GET", Path: "^/users/[0-9a-f-]{36}$", Kind: entrasim.Delay, Delay: entrasim.Duration(time.Minute),
	})
	require.NoError(t, err)
	r := startLive(t, w, p, aNewAccount, withSecret)
	require.Eventually(t, func() bool { return len(w.Users(p.id.String())) == 1 }, time.Minute, 10*time.Millisecond, "%s", r.Said())
	return r
}

// What a killed run left, with a role on it, is taken away by the next one; what only looks like it stays.
func TestLiveSweepsWhatAKilledRunLeft(t *testing.T) {
	w := newStandIn(t)
	p := w.premium(t)
	r := holdsOneAccount(t, w, p)
	require.NoError(t, r.Kill())
	r.end(t)
	w.calm()
	abandoned := left(t, w, p, 1)[0]
	id := access.MustID[access.ObjectID](abandoned.ID)
	w.giveRole(t, p, id, exchange)
	w.makeEligible(t, p, id, sharepoint)
	for _, spec := range []entrasim.UserSpec{
		{UPN: accountPrefix + "else@" + p.domain, DisplayName: accountName, Password: "Somebody-Elses-1"},
		{UPN: "ada@" + p.domain, DisplayName: accountName, Password: "Somebody-Elses-1"},
	} {
		_, err := w.AddUser(p.id.String(), spec)
		require.NoError(t, err)
	}
	said := startLive(t, w, p, aNewAccount, withSecret).end(t)
	assert.Contains(t, said, "\n--- PASS: TestLive", said)
	assert.Contains(t, said, "taken away what an earlier run left: "+abandoned.UPN)
	for _, a := range left(t, w, p, 2) {
		assert.NotEqual(t, abandoned.ID, a.ID)
	}
}

func TestLiveRefusesATenantThatIsNotForTests(t *testing.T) {
	w := newStandIn(t)
	add := func(p place, name, marker string) {
		_, err := w.AddUser(p.id.String(), entrasim.UserSpec{UPN: name + "@" + p.domain, DisplayName: "Ada", Password: "Somebody-Elses-1", EmployeeID: marker})
		require.NoError(t, err)
	}
	customer, crowd := w.free(t), w.free(t)
	add(customer, "jit-ada", access.NewMarker([8]byte{1}).String())
	for n := range mostAccounts + 1 {
		add(crowd, fmt.Sprintf("ada%d", n), "")
	}
	require.NoError(t, w.RegisterApp(entrasim.SampleApp()))
	require.NoError(t, w.AddTenant(entrasim.TenantSpec{ID: entrasim.ContosoID, Name: "Contoso", DefaultDomain: "contoso.onmicrosoft.com",
		Domains: []entrasim.DomainSpec{{Name: "contoso.example"}}}))
	require.NoError(t, w.Connect(entrasim.ContosoID, entrasim.SampleClientID))
	contoso := place{id: access.MustID[access.TenantID](entrasim.ContosoID), domain: "contoso.onmicrosoft.com"}

	for says, p := range map[string]place{"the domain contoso.example": contoso, "is a customer of an Hourglass": customer, "has 51 accounts": crowd} {
		said := startLive(t, w, p, aNewAccount, withSecret).end(t)
		assert.Contains(t, said, "\n--- FAIL: TestLive", said)
		assert.Contains(t, said, says)
		assert.Contains(t, said, "HOURGLASS_LIVE_TENANT_IS_FOR_TESTS="+p.id.String())
		for _, call := range w.calls(p) {
			assert.True(t, strings.HasPrefix(call, "GET "), "nothing is written: %s", call)
		}
		said = startLive(t, w, p, aNewAccount, withSecret, "HOURGLASS_LIVE_TENANT_IS_FOR_TESTS="+p.id.String()).end(t)
		assert.Contains(t, said, "\n--- PASS: TestLive", said)
	}
	left(t, w, customer, 1)
	left(t, w, crowd, mostAccounts+1)
}

func TestLiveSkipsWithoutCredentials(t *testing.T) {
	w := newStandIn(t)
	said := startLive(t, w, w.free(t), "", "HOURGLASS_LIVE_CLIENT_ID=").end(t)
	assert.Contains(t, said, "--- SKIP: TestLive")
	assert.Contains(t, said, "no credentials: set HOURGLASS_LIVE_TENANT_ID")
}
