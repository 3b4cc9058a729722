package bulk_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/bulk"
	"hourglass/internal/passkey"
	"hourglass/internal/postgrestest"
	"hourglass/internal/store"
	"hourglass/internal/testclock"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(importerFile); path != "" {
		importUntilKilled(path)
	}
	postgrestest.Main(m)
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// world is one database, and what imports into it.
type world struct {
	t     testing.TB
	store *store.Store
	bulk  *bulk.Service
	clock *testclock.Clock
	admin store.Person
}

// onEach runs the same test on both databases.
func onEach(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, "sqlite:"+t.TempDir()+"/hourglass.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, postgrestest.URL(t)))
	})
}

func newWorld(t testing.TB, url string) *world {
	t.Helper()
	w := &world{t: t, clock: testclock.At(noon)}
	var err error
	w.store, err = store.Open(t.Context(), url, store.WithClock(w.clock.Now))
	require.NoError(t, err)
	t.Cleanup(func() { w.store.Close() })
	require.NoError(t, w.store.Migrate(t.Context()))
	passkeys, err := passkey.New(passkey.Config{RPID: "msp.example", Origins: []string{"https://msp.example"}, Clock: w.clock.Now}, w.store)
	require.NoError(t, err)
	w.bulk = &bulk.Service{Store: w.store, Invite: passkeys.DrawEnrolment, NewID: uuid.NewString, Clock: w.clock.Now}
	w.admin = w.person("admin", access.Admin)
	w.enrol(w.admin)
	return w
}

func fresh[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](w *world) I {
	var id I
	require.NoError(w.t, P(&id).UnmarshalText([]byte(uuid.NewString())))
	return id
}

func name(t require.TestingT, s string) access.Name {
	n, err := access.NewName(s)
	require.NoError(t, err)
	return n
}

func limitsOf(t require.TestingT, standard, maximum time.Duration) access.Limits {
	s, err := access.NewLifetime(standard)
	require.NoError(t, err)
	m, err := access.NewLifetime(maximum)
	require.NoError(t, err)
	l, err := access.NewLimits(s, m)
	require.NoError(t, err)
	return l
}

func (w *world) by() store.Actor { return store.Actor{PersonID: w.admin.ID} }

func (w *world) person(handle string, roles ...access.MSPRole) store.Person {
	h, err := access.NewHandle(handle)
	require.NoError(w.t, err)
	p := store.Person{ID: fresh[access.PersonID](w), Name: name(w.t, handle), Handle: h, Roles: roles}
	require.NoError(w.t, w.store.AddPerson(w.t.Context(), p, store.Actor{}))
	return p
}

func (w *world) enrol(p store.Person) {
	require.NoError(w.t, w.store.AddPasskey(w.t.Context(), store.Passkey{
		CredentialID: []byte(p.ID.String()), PersonID: p.ID, Name: "Key", Credential: []byte("{}"),
	}))
}

func (w *world) customer(called string) store.Customer {
	c := store.Customer{
		ID: fresh[access.CustomerID](w), Name: name(w.t, called), Connection: access.Unconnected, Limits: limitsOf(w.t, 4*time.Hour, 8*time.Hour),
	}
	require.NoError(w.t, w.store.AddCustomer(w.t.Context(), c, w.by()))
	return c
}

func (w *world) connected(called, domain string) store.Customer {
	c := store.Customer{
		ID: fresh[access.CustomerID](w), Name: name(w.t, called), TenantID: fresh[access.TenantID](w), Connection: access.Connected,
		AccountDomain: domain, Limits: limitsOf(w.t, 4*time.Hour, 8*time.Hour),
	}
	require.NoError(w.t, w.store.AddCustomer(w.t.Context(), c, w.by()))
	return c
}

func (w *world) profile(called string) access.Profile {
	p := access.Profile{
		ID: fresh[access.ProfileID](w), Name: name(w.t, called), Credential: access.PassOnly, Limits: limitsOf(w.t, time.Hour, 4*time.Hour),
		Roles: []access.RoleID{fresh[access.RoleID](w)},
	}
	require.NoError(w.t, w.store.AddProfile(w.t.Context(), p, w.by()))
	return p
}

func (w *world) team(called string, members ...access.PersonID) access.TeamID {
	id := fresh[access.TeamID](w)
	require.NoError(w.t, w.store.AddTeam(w.t.Context(), id, name(w.t, called), members, w.by()))
	return id
}

func (w *world) entitle(e store.Entitlement) store.Entitlement {
	e.ID = fresh[access.EntitlementID](w)
	require.NoError(w.t, w.store.AddEntitlement(w.t.Context(), e, w.by()))
	return e
}

func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n" }

func (w *world) try(list store.List, file string) bulk.Report {
	w.t.Helper()
	report, err := w.bulk.Try(w.t.Context(), list, strings.NewReader(file))
	require.NoError(w.t, err)
	return report
}

// imports requires that the dry run before says the same, and that a repetition changes nothing.
func (w *world) imports(list store.List, file string) bulk.Report {
	w.t.Helper()
	before := w.records()
	dry := w.try(list, file)
	require.Equal(w.t, before, w.records(), "a dry run changes nothing")
	report, err := w.bulk.Import(w.t.Context(), list, strings.NewReader(file), w.by())
	require.NoError(w.t, err)
	require.Equal(w.t, dry.Count, report.Count)
	if report.Refused() {
		require.Equal(w.t, dry, report)
		require.Equal(w.t, before, w.records(), "all or nothing")
		return report
	}
	after := w.records()
	again, err := w.bulk.Import(w.t.Context(), list, strings.NewReader(file), w.by())
	require.NoError(w.t, err)
	require.Equal(w.t, map[bulk.Outcome]int{bulk.Unchanged: len(again.Lines)}, count(again), "a repetition changes nothing")
	require.Equal(w.t, after, w.records())
	verdict, err := w.store.VerifyAudit(w.t.Context())
	require.NoError(w.t, err)
	require.True(w.t, verdict.OK(), "%+v", verdict)
	return report
}

// count is without the outcomes that no line has.
func count(r bulk.Report) map[bulk.Outcome]int {
	n := map[bulk.Outcome]int{}
	for _, l := range r.Lines {
		n[l.Outcome]++
	}
	return n
}

func (w *world) export(list store.List) string {
	w.t.Helper()
	write, err := w.bulk.Export(w.t.Context(), list)
	require.NoError(w.t, err)
	var b strings.Builder
	require.NoError(w.t, write(&b))
	return b.String()
}

func (w *world) records() []audit.Record {
	w.t.Helper()
	records, err := w.store.AuditRecords(w.t.Context(), 0, 100_000)
	require.NoError(w.t, err)
	return records
}

// actions are the records after the first n.
func (w *world) actions(n int) (actions []audit.Action) {
	for _, r := range w.records()[n:] {
		actions = append(actions, r.Action)
	}
	return actions
}
