package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/logs"
	"hourglass/internal/pairing"
	"hourglass/internal/passkey"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

const (
	origin     = "https://hourglass.msp.example"
	temporalUI = "https://temporal.msp.example"
)

var party = virtualwebauthn.RelyingParty{Name: "Hourglass", ID: "hourglass.msp.example", Origin: origin}

// house is the whole product without its workflows: a real store, real passkeys, a real vault, and a server
// that is reached over TLS under its public name.
type house struct {
	t        *testing.T
	clock    *clock
	store    *store.Store
	gate     *gate
	engine   *fakeEngine
	passkeys *passkey.Service
	vault    *seal.Vault
	codec    *seal.Codec
	sign     *fakeSignInHost
	server   *server
	log      *lockedBuffer
	client   *http.Client // without cookies
	shutDown context.CancelFunc
	folder   string // of the database

	customer store.Customer
	profile  access.Profile
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// gate is the store, with the methods that a test wants to fail or to count.
type gate struct {
	*store.Store
	mu          sync.Mutex
	revealError error
	changes     error
	polls       int
}

func (g *gate) RecordReveal(ctx context.Context, id access.GrantID, by access.PersonID, reveal string, kind access.CredentialKind) error {
	g.mu.Lock()
	err := g.revealError
	g.mu.Unlock()
	if err != nil {
		return err
	}
	return g.Store.RecordReveal(ctx, id, by, reveal, kind)
}

func (g *gate) RecordFill(ctx context.Context, f store.Filling) (store.Grant, error) {
	g.mu.Lock()
	err := g.revealError
	g.mu.Unlock()
	if err != nil {
		return store.Grant{}, err
	}
	return g.Store.RecordFill(ctx, f)
}

func (g *gate) Changes(ctx context.Context, after int64, limit int) ([]store.Change, error) {
	g.mu.Lock()
	g.polls++
	err := g.changes
	g.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return g.Store.Changes(ctx, after, limit)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	ctx := t.Context()
	h := &house{t: t, clock: &clock{at: time.Now().Truncate(time.Second)}, log: &lockedBuffer{}}

	var err error
	h.folder = t.TempDir()
	h.store, err = store.Open(ctx, "sqlite:"+filepath.Join(h.folder, "hourglass.db"), store.WithClock(h.clock.now))
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.store.Close() })
	require.NoError(t, h.store.Migrate(ctx))
	h.gate = &gate{Store: h.store}

	keyset, err := seal.CreateKeyset()
	require.NoError(t, err)
	keys, err := seal.ParseKeyset(keyset)
	require.NoError(t, err)
	h.vault, h.codec = seal.NewVault(keys), seal.NewCodec(keys)
	h.sign = &fakeSignInHost{tenants: map[string]access.TenantID{}}
	h.engine = &fakeEngine{house: h, begun: map[access.GrantID]int{}}

	id, origins, err := passkey.RelyingParty(origin)
	require.NoError(t, err)
	h.passkeys, err = passkey.New(passkey.Config{RPID: id, Origins: origins, Clock: h.clock.now}, h.store)
	require.NoError(t, err)
	pairings, err := pairing.New(pairing.Config{PublicURL: origin, Extensions: []string{extensionID}, Clock: h.clock.now}, h.store)
	require.NoError(t, err)

	base, shutDown := context.WithCancel(context.Background())
	h.shutDown = shutDown
	h.server, err = newServer(Config{
		Store: h.gate, Engine: h.engine, Passkeys: h.passkeys, Pairings: pairings, Vault: h.vault, Origin: origin,
		Microsoft: h.sign, Permissions: askedFor, AdminCentre: "https://entra.microsoft.com",
		Codec: h.codec, TemporalUI: temporalUI,
		Waiting: 25 * time.Hour, Base: base, Clock: h.clock.now,
		Log: logs.New(h.log, slog.LevelInfo),
	})
	require.NoError(t, err)
	h.server.heartbeat, h.server.feed.every = 20*time.Millisecond, 5*time.Millisecond
	handler, err := h.server.handler(nil)
	require.NoError(t, err)
	ts := httptest.NewTLSServer(handler)
	t.Cleanup(func() { shutDown(); ts.Close() })
	h.client = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the test server's certificate has another name
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, ts.Listener.Addr().String())
		},
	}}
	t.Cleanup(h.client.CloseIdleConnections)

	t.Cleanup(func() {
		if t.Failed() {
			t.Log(h.log.String())
		}
	})

	h.customer = h.addCustomer("Contoso")
	h.profile = h.addProfile("Help desk", access.Profile{})
	return h
}

func name(t *testing.T, s string) access.Name {
	n, err := access.NewName(s)
	require.NoError(t, err)
	return n
}

func limitsOf(t *testing.T, standard, maximum time.Duration) access.Limits {
	s, err := access.NewLifetime(standard)
	require.NoError(t, err)
	m, err := access.NewLifetime(maximum)
	require.NoError(t, err)
	limits, err := access.NewLimits(s, m)
	require.NoError(t, err)
	return limits
}

func newOf[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](h *house) I {
	var id I
	require.NoError(h.t, P(&id).UnmarshalText([]byte(newID(h.server.random))))
	return id
}

func (h *house) addCustomer(called string) store.Customer {
	c := store.Customer{
		ID: newOf[access.CustomerID](h), Name: name(h.t, called), TenantID: newOf[access.TenantID](h),
		Connection: access.Connected, AccountDomain: strings.ToLower(called) + ".example",
		Limits: limitsOf(h.t, 4*time.Hour, 8*time.Hour), CreatedAt: h.clock.now(), Revision: 1,
	}
	require.NoError(h.t, h.store.AddCustomer(h.t.Context(), c, store.Actor{}))
	return c
}

func (h *house) addProfile(called string, p access.Profile) access.Profile {
	p.ID, p.Name, p.Revision = newOf[access.ProfileID](h), name(h.t, called), 1
	p.Roles = []access.RoleID{access.MustID[access.RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")}
	p.Credential, p.Limits = access.PassAndPassword, limitsOf(h.t, time.Hour, 4*time.Hour)
	require.NoError(h.t, h.store.AddProfile(h.t.Context(), p, store.Actor{}))
	return p
}

func (h *house) entitle(p access.PersonID, profile access.ProfileID, customer access.CustomerID) access.EntitlementID {
	e := store.Entitlement{ID: newOf[access.EntitlementID](h), PersonID: p, ProfileID: profile, CustomerID: customer}
	require.NoError(h.t, h.store.AddEntitlement(h.t.Context(), e, store.Actor{}))
	return e.ID
}

func (h *house) entitleUntil(p access.PersonID, ends time.Time) {
	require.NoError(h.t, h.store.AddEntitlement(h.t.Context(), store.Entitlement{
		ID: newOf[access.EntitlementID](h), PersonID: p, ProfileID: h.profile.ID, CustomerID: h.customer.ID, EndsAt: &ends,
	}, store.Actor{}))
}

// eventually polls a condition, with a deadline.
func eventually(t *testing.T, condition func() bool, what string) {
	t.Helper()
	require.Eventually(t, condition, 10*time.Second, 5*time.Millisecond, what)
}
