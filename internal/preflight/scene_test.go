package preflight

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
	"hourglass/internal/entrasim/contract"
	"hourglass/internal/store"
	"hourglass/internal/testclock"
)

// scene is Contoso, connected, whose technician may use three profiles, and its tenant with everything in order: P2,
// passes for everybody, and the app as a finished onboarding leaves it.
type scene struct {
	t        *testing.T
	sim      *entrasim.Sim
	store    *store.Store
	checker  *Checker
	clock    *testclock.Clock
	log      *lockedBuffer
	admin    store.Actor
	customer store.Customer

	passOnly, both, passwordOnly access.Profile
}

type lockedBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	words string
	act   func()
}

// when has act done by whoever first writes the words.
func (l *lockedBuffer) when(words string, act func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.words, l.act = words, act
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.act != nil && bytes.Contains(p, []byte(l.words)) {
		l.act()
		l.act = nil
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var helpdesk = access.MustID[access.RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")

func newScene(t *testing.T) *scene {
	s := &scene{t: t, clock: testclock.At(time.Now().UTC().Truncate(time.Second)), log: &lockedBuffer{}}
	var err error
	s.sim, err = entrasim.Start(entrasim.Config{Clock: s.clock.Now})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.sim.Close() })
	contract.Watch(t, s.sim)
	require.NoError(t, s.sim.RegisterApp(entrasim.SampleApp()))
	s.addTenant(entrasim.ContosoID, "contoso")

	s.store, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"), store.WithClock(s.clock.Now))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.store.Close() })
	require.NoError(t, s.store.Migrate(t.Context()))
	admin := s.person("ada", access.Admin, access.Technician)
	s.admin = store.Actor{PersonID: admin}
	require.NoError(t, s.store.NoteDeploymentApp(t.Context(), store.DeploymentApp{
		ClientID: access.MustID[access.ClientID](entrasim.SampleClientID), Kind: access.AppSecret,
	}))
	s.customer = s.addCustomer("Contoso", entrasim.ContosoID)
	s.passOnly = s.profile("Help desk", access.PassOnly)
	s.both = s.profile("Both", access.PassAndPassword)
	s.passwordOnly = s.profile("By hand", access.PasswordOnly)
	for _, p := range []access.Profile{s.passOnly, s.both, s.passwordOnly} {
		require.NoError(t, s.store.AddEntitlement(t.Context(), store.Entitlement{
			ID: newID[access.EntitlementID](t), PersonID: admin, ProfileID: p.ID,
		}, s.admin))
	}
	s.checker = s.newChecker()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.log.String())
		}
		require.NotContains(t, s.log.String(), entrasim.SampleClientSecret)
	})
	return s
}

func (s *scene) newChecker() *Checker {
	many := entra.Rate{Count: 1 << 16, Per: time.Second}
	client, err := entra.New(entra.Config{
		AuthorityURL: s.sim.LoginURL(), GraphURL: s.sim.GraphURL(), CAFile: s.sim.CAFile(), Clock: s.clock.Now,
		ClientID: entrasim.SampleClientID, ClientSecret: access.NewSecret(entrasim.SampleClientSecret),
		Limits: entra.Limits{Units: many, Writes: many, Reports: many},
	})
	require.NoError(s.t, err)
	checker := New(s.store, client, s.clock.Now, slog.New(slog.NewTextHandler(s.log, nil)))
	checker.confirmAfter = 0
	return checker
}

func (s *scene) addTenant(id, name string) {
	require.NoError(s.t, s.sim.AddTenant(entrasim.TenantSpec{
		ID: id, Name: name, DefaultDomain: name + ".onmicrosoft.com", Domains: []entrasim.DomainSpec{{Name: name + ".example"}},
		Settings: entrasim.Settings{Licence: entrasim.P2, TAPPolicy: entrasim.TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480}},
	}))
	require.NoError(s.t, s.sim.Connect(id, entrasim.SampleClientID))
}

func (s *scene) person(handle string, roles ...access.MSPRole) access.PersonID {
	p := store.Person{ID: newID[access.PersonID](s.t), Name: must(access.NewName(handle)), Handle: must(access.NewHandle(handle)), Roles: roles}
	require.NoError(s.t, s.store.AddPerson(s.t.Context(), p, store.Actor{}))
	return p.ID
}

func (s *scene) addCustomer(name, tenant string) store.Customer {
	c := store.Customer{
		ID: newID[access.CustomerID](s.t), Name: must(access.NewName(name)), TenantID: access.MustID[access.TenantID](tenant), Connection: access.Connected,
		AccountDomain: strings.ToLower(name) + ".onmicrosoft.com", Limits: hours(4, 8),
	}
	require.NoError(s.t, s.store.AddCustomer(s.t.Context(), c, s.admin))
	return c
}

func (s *scene) profile(name string, credential access.CredentialKind) access.Profile {
	p := access.Profile{
		ID: newID[access.ProfileID](s.t), Name: must(access.NewName(name)), Roles: []access.RoleID{helpdesk}, Credential: credential, Limits: hours(1, 4),
	}
	require.NoError(s.t, s.store.AddProfile(s.t.Context(), p, s.admin))
	return p
}

func hours(standard, maximum int) access.Limits {
	lifetime := func(h int) access.Lifetime { return must(access.NewLifetime(time.Duration(h) * time.Hour)) }
	return must(access.NewLimits(lifetime(standard), lifetime(maximum)))
}

// check lets an admin ask for a check, and a worker make it.
func (s *scene) check() store.Preflight {
	s.t.Helper()
	require.NoError(s.t, s.store.RequestPreflight(s.t.Context(), s.customer.ID, s.admin))
	return s.round()
}

// round lets a worker make what is due.
func (s *scene) round() store.Preflight {
	s.t.Helper()
	s.checker.Round(s.t.Context())
	return s.preflight()
}

func (s *scene) preflight() store.Preflight {
	s.t.Helper()
	p, err := s.store.Preflight(s.t.Context(), s.customer.ID)
	require.NoError(s.t, err)
	return p
}

// codes are the findings that are more than good to know, each with its subject.
func codes(p store.Preflight) (found []string) {
	for _, f := range p.Findings {
		if f.Severity != access.Info {
			found = append(found, strings.TrimSpace(string(f.Code)+" "+f.Subject))
		}
	}
	return found
}

// calls counts the calls of a route in Contoso: "POST /users".
func (s *scene) calls(route string) (n int) {
	for _, r := range s.sim.Requests(entrasim.ContosoID) {
		if r.Method+" "+r.Template == route {
			n++
		}
	}
	return n
}

// actions are the audited actions about Contoso that begin with something.
func (s *scene) actions(prefix string) (actions []audit.Action) {
	records, err := s.store.AuditRecords(s.t.Context(), 0, 10_000)
	require.NoError(s.t, err)
	for _, r := range records {
		if r.CustomerID == s.customer.ID && strings.HasPrefix(string(r.Action), prefix) {
			actions = append(actions, r.Action)
		}
	}
	return actions
}

func newID[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](t *testing.T) (i I) {
	require.NoError(t, P(&i).UnmarshalText([]byte(uuid.NewString())))
	return i
}
