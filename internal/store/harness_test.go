package store_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/postgrestest"
	"hourglass/internal/store"
	"hourglass/internal/testclock"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(writerFile); path != "" {
		writeUntilKilled(path)
	}
	postgrestest.Main(m)
}

// world is one database with a few people and customers in it.
type world struct {
	*store.Store
	t *testing.T
	// raw writes past the store, as a database operator could.
	raw   *sql.DB
	kind  string
	url   string
	clock *testclock.Clock
	ids   atomic.Int64

	admin, ada, grace store.Person
	contoso, fabrikam store.Customer
	helpDesk, guarded access.Profile // guarded asks for an approval
}

// onEach runs the same test on both databases.
func onEach(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "hour glass.db")
		// The same settings as the store's, without them a test could prove too much.
		raw, err := sql.Open("sqlite", "file:"+url.PathEscape(path)+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)")
		require.NoError(t, err)
		test(t, newWorld(t, "sqlite", "sqlite:"+path, raw))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		databaseURL := postgrestest.URL(t)
		raw, err := sql.Open("pgx", databaseURL)
		require.NoError(t, err)
		test(t, newWorld(t, "postgres", databaseURL, raw))
	})
}

func newWorld(t *testing.T, kind, databaseURL string, raw *sql.DB) *world {
	t.Helper()
	w := &world{t: t, raw: raw, kind: kind, url: databaseURL, clock: testclock.At(noon)}
	w.Store = w.open()
	t.Cleanup(func() { raw.Close() })
	require.NoError(t, w.Migrate(t.Context()))

	w.admin = w.person("Admin", "admin", access.Admin, access.Approver)
	w.ada = w.person("Ada", "ada", access.Technician)
	w.grace = w.person("Grace", "grace", access.Technician, access.Approver)
	w.contoso = w.customer("Contoso")
	w.fabrikam = w.customer("Fabrikam")
	w.helpDesk = w.profile("Help desk", false)
	w.guarded = w.profile("Guarded", true)
	return w
}

func (w *world) open() *store.Store {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.url, store.WithClock(w.clock.Now))
	require.NoError(w.t, err)
	w.t.Cleanup(func() { s.Close() })
	return s
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 123456000, time.UTC)

// guid is a new id's text.
func (w *world) guid() string {
	n := w.ids.Add(1)
	return fmt.Sprintf("%08x-0000-4000-8000-000000000000", n)
}

// mint gives a new id of the kind that is asked for.
func mint[K any](w *world, id *access.ID[K]) {
	w.t.Helper()
	require.NoError(w.t, id.UnmarshalText([]byte(w.guid())))
}

func (w *world) marker() access.Marker {
	var random [8]byte
	binary.BigEndian.PutUint64(random[:], uint64(w.ids.Add(1)))
	return access.NewMarker(random)
}

func name(t *testing.T, s string) access.Name {
	t.Helper()
	n, err := access.NewName(s)
	require.NoError(t, err)
	return n
}

func limitsOf(t *testing.T, standard, maximum time.Duration) access.Limits {
	t.Helper()
	s, err := access.NewLifetime(standard)
	require.NoError(t, err)
	m, err := access.NewLifetime(maximum)
	require.NoError(t, err)
	l, err := access.NewLimits(s, m)
	require.NoError(t, err)
	return l
}

func (w *world) by() store.Actor { return store.Actor{PersonID: w.admin.ID} }

func (w *world) person(called, handle string, roles ...access.MSPRole) store.Person {
	w.t.Helper()
	h, err := access.NewHandle(handle)
	require.NoError(w.t, err)
	p := store.Person{Name: name(w.t, called), Handle: h, Roles: roles, CreatedAt: noon, Revision: 1}
	mint(w, &p.ID)
	require.NoError(w.t, w.AddPerson(w.t.Context(), p, store.Actor{}))
	return p
}

func (w *world) customer(called string) store.Customer {
	w.t.Helper()
	c := store.Customer{
		Name: name(w.t, called), Connection: access.Connected, AccountDomain: "contoso.example",
		Limits: limitsOf(w.t, 4*time.Hour, 8*time.Hour), CreatedAt: noon, Revision: 1,
	}
	mint(w, &c.ID)
	mint(w, &c.TenantID)
	require.NoError(w.t, w.AddCustomer(w.t.Context(), c, w.by()))
	return c
}

func (w *world) profile(called string, approval bool) access.Profile {
	w.t.Helper()
	p := access.Profile{
		Name: name(w.t, called), Credential: access.PassAndPassword, Limits: limitsOf(w.t, time.Hour, 4*time.Hour),
		Roles: make([]access.RoleID, 2), ApprovalRequired: approval, Revision: 1,
	}
	mint(w, &p.ID)
	mint(w, &p.Roles[0])
	mint(w, &p.Roles[1])
	require.NoError(w.t, w.AddProfile(w.t.Context(), p, w.by()))
	return p
}

// entitle lets a person use a profile at all customers.
func (w *world) entitle(p store.Person, profile access.Profile) {
	w.t.Helper()
	e := store.Entitlement{PersonID: p.ID, ProfileID: profile.ID}
	mint(w, &e.ID)
	require.NoError(w.t, w.AddEntitlement(w.t.Context(), e, w.by()))
}

// newGrant is a request of a person for a profile at a customer, with a fresh idempotency key.
func (w *world) newGrant(p store.Person, c store.Customer, profile access.Profile) store.NewGrant {
	w.t.Helper()
	n := store.NewGrant{
		Marker: w.marker(), PersonID: p.ID, CustomerID: c.ID, ProfileID: profile.ID,
		WrappedKey: []byte("wrapped data key"), Waiting: 30 * time.Minute,
	}
	mint(w, &n.ID)
	mint(w, &n.AccountID)
	n.IdempotencyKey = "key " + n.ID.String()
	n.Fingerprint = sha256.Sum256([]byte(n.IdempotencyKey))
	return n
}

func (w *world) request(p store.Person, c store.Customer, profile access.Profile) store.Grant {
	w.t.Helper()
	g, created, err := w.RequestGrant(w.t.Context(), w.newGrant(p, c, profile))
	require.NoError(w.t, err)
	require.True(w.t, created)
	return g
}

func (w *world) upn(s string) access.UPN {
	w.t.Helper()
	u, err := access.ParseUPN(s)
	require.NoError(w.t, err)
	return u
}

// actions lists what the audit log says of a grant, in order, and verifies the chain on the way.
func (w *world) actions(id access.GrantID) []audit.Action {
	w.t.Helper()
	w.sound()
	records, err := w.AuditRecords(w.t.Context(), 0, 10_000)
	require.NoError(w.t, err)
	var actions []audit.Action
	for _, r := range records {
		if r.GrantID == id {
			actions = append(actions, r.Action)
		}
	}
	return actions
}

// sound requires that nothing is wrong with the audit log.
func (w *world) sound() audit.Verdict {
	w.t.Helper()
	verdict, err := w.VerifyAudit(w.t.Context())
	require.NoError(w.t, err)
	require.True(w.t, verdict.OK(), "%+v", verdict)
	return verdict
}

// exec writes past the store.
func (w *world) exec(query string) {
	w.t.Helper()
	_, err := w.raw.ExecContext(w.t.Context(), query)
	require.NoError(w.t, err)
}

// together calls fn n times at once and returns the errors.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	ready.Add(1)
	for i := range n {
		done.Go(func() {
			ready.Wait()
			errs[i] = fn(i)
		})
	}
	ready.Done()
	done.Wait()
	return errs
}

// count says how often an error satisfies the test.
func count(errs []error, is func(error) bool) (n int) {
	for _, err := range errs {
		if is(err) {
			n++
		}
	}
	return n
}
