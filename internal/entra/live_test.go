package entra_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

// TestLive holds the client and a real test tenant against each other; `make test-live` runs it, and docs/first-tenant.md says
// what it needs. It makes accounts that begin with accountPrefix, and takes away what an interrupted run left.
func TestLive(t *testing.T) {
	if os.Getenv("HOURGLASS_TEST_LIVE") == "" {
		t.Skip("make test-live runs this against a real test tenant")
	}
	s := readLive()
	if s.tenant == "" || s.app.ClientID == "" {
		t.Skip("no credentials: set HOURGLASS_LIVE_TENANT_ID, HOURGLASS_LIVE_CLIENT_ID and HOURGLASS_LIVE_CLIENT_SECRET or " +
			"HOURGLASS_LIVE_CLIENT_CERTIFICATE_FILE, see docs/first-tenant.md")
	}
	w := newLive(t, s)
	for _, s := range conformance {
		t.Run(s.name, func(t *testing.T) { s.run(t, w) })
	}
	for _, s := range disturbances {
		t.Run(s.name, func(t *testing.T) {
			t.Skip("needs faults, or a clock that can be moved: make test runs it against the stand-in")
		})
	}
}

// liveSettings are the HOURGLASS_LIVE_… variables.
type liveSettings struct {
	tenant, domain string
	// forTests repeats the tenant's id where the tenant does not look like one for tests.
	forTests string
	app      entra.Config
}

const microsoftGraph = "https://graph.microsoft.com/v1.0"

func readLive() liveSettings {
	read := func(name, otherwise string) string {
		if value := os.Getenv("HOURGLASS_LIVE_" + name); value != "" {
			return value
		}
		return otherwise
	}
	return liveSettings{
		tenant: read("TENANT_ID", ""), domain: read("DOMAIN", ""), forTests: read("TENANT_IS_FOR_TESTS", ""),
		app: entra.Config{
			AuthorityURL: read("AUTHORITY_URL", "https://login.microsoftonline.com"), GraphURL: read("GRAPH_URL", microsoftGraph),
			CAFile: read("CA_FILE", ""), ClientID: read("CLIENT_ID", ""), ClientSecret: access.NewSecret(read("CLIENT_SECRET", "")),
			ClientCertificateFile: read("CLIENT_CERTIFICATE_FILE", ""),
		},
	}
}

// live is a real tenant. Beside the client it has an administrator's view of its own, so that the client is not held
// against itself.
type live struct {
	settings liveSettings
	id       access.TenantID
	domain   string
	licence  access.Licence
	raw      *administrator

	mu       sync.Mutex
	expected []access.UPN // accounts that tests were about to make and that nobody has seen gone
}

// newLive refuses a tenant that does not look like one for tests, before anything is written there.
func newLive(t *testing.T, s liveSettings) *live {
	id, err := access.ParseID[access.TenantID](s.tenant)
	require.NoError(t, err, "HOURGLASS_LIVE_TENANT_ID")
	w := &live{settings: s, id: id, raw: newAdministrator(t, s)}
	tenant := w.client(t).Tenant(id)
	organization, err := tenant.Organization(t.Context())
	require.NoError(t, err)
	w.licence, err = tenant.Licence(t.Context())
	require.NoError(t, err)
	for _, d := range organization.Domains {
		if d.Initial && s.domain == "" || strings.EqualFold(d.Name, s.domain) {
			w.domain = d.Name
		}
	}
	require.NotEmpty(t, w.domain, "%s has no domain %q", organization.Name, s.domain)
	if s.forTests != s.tenant {
		require.NoError(t, w.forTests(t.Context(), organization), "to go on all the same: HOURGLASS_LIVE_TENANT_IS_FOR_TESTS=%s", id)
	}
	t.Logf("%s (%s), accounts in %s, licence %s", organization.Name, id, w.domain, w.licence)

	found, err := w.sweep(context.WithoutCancel(t.Context()))
	require.NoError(t, err, "what an earlier run left")
	if len(found) > 0 {
		t.Logf("taken away what an earlier run left: %s", strings.Join(found, ", "))
	}
	t.Cleanup(func() { w.leave(t) })
	w.whenInterrupted(t)
	return w
}

// mostAccounts is some more than the 25 users of Microsoft's developer tenants.
const mostAccounts = 50

// forTests tells why the tenant is somebody's real one: it has a domain of its own, more people than a test needs, or
// accounts that an Hourglass takes care of.
func (w *live) forTests(ctx context.Context, o entra.Organization) error {
	for _, d := range o.Domains {
		if !strings.HasSuffix(strings.ToLower(d.Name), ".onmicrosoft.com") {
			return fmt.Errorf("%s has the domain %s: it does not look like a test tenant", o.Name, d.Name)
		}
	}
	accounts, err := w.raw.accounts(ctx, "")
	if err != nil {
		return err
	}
	others := 0
	for _, a := range accounts {
		switch _, err := access.ParseMarker(a.EmployeeID); {
		case a.ours():
		case err == nil:
			return fmt.Errorf("%s is a customer of an Hourglass, which made %s there", o.Name, a.UserName)
		default:
			others++
		}
	}
	if others > mostAccounts {
		return fmt.Errorf("%s has %d accounts: it does not look like a test tenant", o.Name, others)
	}
	return nil
}

// whenInterrupted cleans up on the signals that a terminal and a build machine send; what SIGKILL leaves is the next run's.
func (w *live) whenInterrupted(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	t.Cleanup(func() { signal.Stop(signals); close(over) })
	go func() {
		select {
		case <-over:
			return
		case <-signals:
		}
		fmt.Fprintln(os.Stderr, "interrupted: taking away what was made")
		if _, err := w.sweep(context.Background()); err != nil {
			fmt.Fprintf(os.Stderr, "left behind, for the next run: %v\n", err)
		}
		os.Exit(1)
	}()
}

func (w *live) client(t testing.TB, edits ...func(*entra.Config)) *entra.Client {
	cfg := w.settings.app
	if cfg.GraphURL != microsoftGraph { // a stand-in, which has nobody else to serve
		many := entra.Rate{Count: 1 << 16, Per: time.Second}
		cfg.Limits = entra.Limits{Units: many, Writes: many, Reports: many}
	}
	for _, edit := range edits {
		edit(&cfg)
	}
	client, err := entra.New(cfg)
	require.NoError(t, err)
	return client
}

func (w *live) anywhere(t testing.TB) place {
	t.Cleanup(func() { w.tidy(t) })
	return place{id: w.id, domain: w.domain, expect: func(upn access.UPN) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.expected = append(w.expected, upn)
	}}
}

func (w *live) free(t testing.TB) place {
	if w.licence != access.LicenceFree {
		t.Skipf("needs a tenant without a licence, and this one has %s", w.licence)
	}
	return w.anywhere(t)
}

func (w *live) premium(t testing.TB) place {
	if w.licence != access.LicenceP2 {
		t.Skipf("needs a tenant with Entra ID P2, and this one has %s", w.licence)
	}
	return w.anywhere(t)
}

// patience: Microsoft's replicas and PIM lag by up to two minutes (microsoft-graph.md, 1.5).
func (w *live) patience() time.Duration {
	if w.settings.app.GraphURL != microsoftGraph {
		return standInPatience
	}
	return 3 * time.Minute
}

func (w *live) certificate(t testing.TB) string {
	if w.settings.app.ClientCertificateFile == "" {
		t.Skip("HOURGLASS_LIVE_CLIENT_CERTIFICATE_FILE is not set: the app proves itself by a secret")
	}
	return w.settings.app.ClientCertificateFile
}

func (w *live) registerMethod(t testing.TB, _ place, _ access.ObjectID, _ string) {
	t.Skip("sign-in methods are registered by the person who uses them, not by an app")
}

func (w *live) group(t testing.TB, _ place, _ newGroup) access.ObjectID {
	t.Skip("making groups needs a permission that Hourglass does not ask for")
	return access.ObjectID{}
}

func (w *live) giveRole(t testing.TB, _ place, id access.ObjectID, role access.RoleID) {
	require.NoError(t, w.raw.give(t.Context(), "/roleManagement/directory/roleAssignments", map[string]any{
		"principalId": id.String(), "roleDefinitionId": role.String(), "directoryScopeId": "/",
	}))
}

func (w *live) makeEligible(t testing.TB, _ place, id access.ObjectID, role access.RoleID) {
	require.NoError(t, w.raw.give(t.Context(), "/roleManagement/directory/roleEligibilityScheduleRequests", map[string]any{
		"action": "adminAssign", "justification": "Hourglass conformance", "principalId": id.String(), "roleDefinitionId": role.String(),
		"directoryScopeId": "/", "scheduleInfo": map[string]any{"expiration": map[string]any{"type": "afterDuration", "duration": "PT2H"}},
	}))
}

func (w *live) look(t require.TestingT, _ place, id access.ObjectID) sight {
	s, err := w.raw.look(context.Background(), id, w.licence == access.LicenceP2)
	require.NoError(t, err)
	return s
}

func (w *live) securityDefaults(t testing.TB, _ place) bool {
	var answer struct {
		IsEnabled *bool `json:"isEnabled"`
	}
	require.NoError(t, w.raw.get(t.Context(), "/policies/identitySecurityDefaultsEnforcementPolicy", &answer))
	require.NotNil(t, answer.IsEnabled)
	return *answer.IsEnabled
}

// tidy takes away the accounts that the test just over was about to make. One that Microsoft does not know, because it was
// never made or because the replica lags, is asked for again at the end.
func (w *live) tidy(t testing.TB) {
	if _, err := w.takeAway(context.Background(), ""); err != nil {
		t.Errorf("left behind, for the next run: %v", err)
	}
}

// leave asks once more for everything, and for what nobody expected.
func (w *live) leave(t testing.TB) {
	if _, err := w.sweep(context.Background()); err != nil {
		t.Errorf("left behind, for the next run: %v", err)
	}
}

func (w *live) sweep(ctx context.Context) ([]string, error) { return w.takeAway(ctx, accountPrefix) }

// takeAway deletes the accounts that are expected, and with a prefix those that begin so and are ours; and takes back the
// role that the app took for itself. It returns their names.
func (w *live) takeAway(ctx context.Context, prefix string) (names []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	var accounts []accountSeen
	if prefix != "" {
		if accounts, err = w.raw.accounts(ctx, prefix); err != nil {
			return nil, err
		}
		if err := w.returnRole(ctx); err != nil {
			return nil, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var unseen []access.UPN
	for _, upn := range w.expected {
		a, err := w.raw.account(ctx, upn.String())
		switch {
		case errors.Is(err, errNotThere):
			unseen = append(unseen, upn)
		case err != nil:
			return names, err
		default:
			accounts = append(accounts, a)
		}
	}
	w.expected = unseen
	for _, a := range accounts {
		if !a.ours() {
			continue
		}
		if err := w.remove(ctx, a); err != nil {
			return names, fmt.Errorf("%s: %w", a.UserName, err)
		}
		names = append(names, a.UserName)
	}
	return names, nil
}

// returnRole: the test in which the app takes a role for itself may have been interrupted.
func (w *live) returnRole(ctx context.Context) error {
	client, err := entra.New(w.settings.app)
	if err != nil {
		return err
	}
	tenant := client.Tenant(w.id)
	app, err := tenant.App(ctx)
	if err != nil {
		return err
	}
	return tenant.ReturnRole(ctx, app.PrincipalID, helpdesk)
}

// remove takes the roles first, because Microsoft protects whoever holds one, and repeats while it still believes that
// there is one.
func (w *live) remove(ctx context.Context, a accountSeen) error {
	for {
		err := w.raw.remove(ctx, a.ID, w.licence == access.LicenceP2)
		if err == nil || errors.Is(err, errNotThere) {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(w.patience() / 100):
		}
	}
}
