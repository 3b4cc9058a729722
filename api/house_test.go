package api

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

const origin = "https://hourglass.msp.example"

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
	server   *server
	log      *lockedBuffer
	client   *http.Client // without cookies
	shutDown context.CancelFunc

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

func (g *gate) Changes(ctx context.Context, after int64, limit int) ([]store.Change, error) {
	g.mu.Lock()
	g.polls++
	g.mu.Unlock()
	return g.Store.Changes(ctx, after, limit)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	ctx := t.Context()
	h := &house{t: t, clock: &clock{at: time.Now().Truncate(time.Second)}, log: &lockedBuffer{}}

	var err error
	h.store, err = store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"), store.WithClock(h.clock.now))
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.store.Close() })
	require.NoError(t, h.store.Migrate(ctx))
	h.gate = &gate{Store: h.store}

	keyset, err := seal.CreateKeyset()
	require.NoError(t, err)
	keys, err := seal.ParseKeyset(keyset)
	require.NoError(t, err)
	h.vault = seal.NewVault(keys)
	h.engine = &fakeEngine{house: h, begun: map[access.GrantID]int{}}

	id, origins, err := passkey.RelyingParty(origin)
	require.NoError(t, err)
	h.passkeys, err = passkey.New(passkey.Config{RPID: id, Origins: origins, Clock: h.clock.now}, h.store)
	require.NoError(t, err)

	base, shutDown := context.WithCancel(context.Background())
	h.shutDown = shutDown
	h.server, err = newServer(Config{
		Store: h.gate, Engine: h.engine, Passkeys: h.passkeys, Vault: h.vault, Origin: origin,
		Waiting: 25 * time.Hour, Base: base, Clock: h.clock.now,
		Log: slog.New(slog.NewJSONHandler(h.log, nil)),
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
		Limits: limitsOf(h.t, 4*time.Hour, 8*time.Hour), CreatedAt: h.clock.now(),
	}
	require.NoError(h.t, h.store.AddCustomer(h.t.Context(), c, store.Actor{}))
	return c
}

func (h *house) addProfile(called string, p access.Profile) access.Profile {
	p.ID, p.Name = newOf[access.ProfileID](h), name(h.t, called)
	p.Roles = []access.RoleID{access.MustID[access.RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")}
	p.Credential, p.Limits = access.PassAndPassword, limitsOf(h.t, time.Hour, 4*time.Hour)
	require.NoError(h.t, h.store.AddProfile(h.t.Context(), p, store.Actor{}))
	return p
}

func (h *house) entitle(p access.PersonID, profile access.ProfileID, customer access.CustomerID) {
	require.NoError(h.t, h.store.AddEntitlement(h.t.Context(), store.Entitlement{
		ID: newOf[access.EntitlementID](h), PersonID: p, ProfileID: profile, CustomerID: customer,
	}, store.Actor{}))
}

func (h *house) entitleUntil(p access.PersonID, ends time.Time) {
	require.NoError(h.t, h.store.AddEntitlement(h.t.Context(), store.Entitlement{
		ID: newOf[access.EntitlementID](h), PersonID: p, ProfileID: h.profile.ID, CustomerID: h.customer.ID, EndsAt: &ends,
	}, store.Actor{}))
}

// browser is one person's browser with their passkey.
type browser struct {
	h             *house
	person        store.Person
	client        *http.Client
	authenticator virtualwebauthn.Authenticator
	credential    virtualwebauthn.Credential
}

// anonymous is a browser that nobody has signed in with.
func (h *house) anonymous() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	client := *h.client
	client.Jar = jar
	return &browser{
		h: h, client: &client,
		authenticator: virtualwebauthn.NewAuthenticator(),
		credential:    newCredential(h.t),
	}
}

// newCredential makes a key whose coordinates fill their 32 bytes: virtualwebauthn drops leading zeros, which
// one key in 128 has, and a proper server then refuses the key.
func newCredential(t *testing.T) virtualwebauthn.Credential {
	for {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		point, err := key.PublicKey.Bytes()
		require.NoError(t, err)
		if point[1] == 0 || point[33] == 0 {
			continue
		}
		encoded, err := x509.MarshalPKCS8PrivateKey(key)
		require.NoError(t, err)
		return virtualwebauthn.NewCredentialWithImportedKey(virtualwebauthn.KeyTypeEC2, encoded)
	}
}

func (h *house) addPerson(handle string, held ...access.MSPRole) store.Person {
	short, err := access.NewHandle(handle)
	require.NoError(h.t, err)
	p := store.Person{ID: newOf[access.PersonID](h), Name: name(h.t, handle), Handle: short, Roles: held, CreatedAt: h.clock.now()}
	require.NoError(h.t, h.store.AddPerson(h.t.Context(), p, store.Actor{}))
	return p
}

// signedIn adds a person, who enrols a passkey and so is signed in.
func (h *house) signedIn(handle string, held ...access.MSPRole) *browser {
	h.t.Helper()
	b := h.anonymous()
	b.person = h.addPerson(handle, held...)
	token, _, err := h.passkeys.IssueEnrolment(h.t.Context(), b.person.ID, store.Actor{})
	require.NoError(h.t, err)
	require.Equal(h.t, http.StatusNoContent, b.enrol(token.Reveal()).status)
	return b
}

// technician is signed in and entitled to the house's profile at the house's customer.
func (h *house) technician(handle string) *browser {
	b := h.signedIn(handle, access.Technician)
	h.entitle(b.person.ID, h.profile.ID, h.customer.ID)
	return b
}

func (b *browser) enrol(token string) answer {
	begun := b.post("/api/v1/enrolment/begin", map[string]any{"token": token})
	if begun.status != http.StatusOK {
		return begun
	}
	options, err := virtualwebauthn.ParseAttestationOptions(begun.body)
	require.NoError(b.h.t, err)
	b.authenticator.Options.UserHandle = []byte(options.UserID)
	response := virtualwebauthn.CreateAttestationResponse(party, b.authenticator, b.credential, *options)
	b.authenticator.AddCredential(b.credential)
	return b.post("/api/v1/enrolment/finish", map[string]any{"token": token, "name": "Test key", "credential": json.RawMessage(response)})
}

// confirm runs a sign-in ("sign-in") or a fresh assertion ("assertion").
func (b *browser) confirm(ceremony string) answer {
	begun := b.post("/api/v1/"+ceremony+"/begin", nil)
	if begun.status != http.StatusOK {
		return begun
	}
	options, err := virtualwebauthn.ParseAssertionOptions(begun.body)
	require.NoError(b.h.t, err)
	response := virtualwebauthn.CreateAssertionResponse(party, b.authenticator, b.credential, *options)
	return b.post("/api/v1/"+ceremony+"/finish", map[string]any{"credential": json.RawMessage(response)})
}

// answer is what the server said.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// problem checks that the answer is a whole problem document of this kind.
func (a answer) problem(want *kind) Problem {
	a.t.Helper()
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"), a.body)
	var p Problem
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &p))
	require.Equal(a.t, "/problems/"+want.name, p.Type, a.body)
	require.Equal(a.t, want.status, a.status)
	require.Equal(a.t, want.status, p.Status)
	require.NotEmpty(a.t, p.Title)
	require.NotEmpty(a.t, p.Detail, "a problem says what to do")
	require.Equal(a.t, "urn:uuid:"+a.header.Get("X-Request-Id"), p.Instance)
	for _, e := range p.Errors {
		require.NotEmpty(a.t, e.Advice)
	}
	return p
}

func (a answer) grant() Grant {
	a.t.Helper()
	require.Contains(a.t, []int{http.StatusOK, http.StatusCreated}, a.status, a.body)
	var g Grant
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &g))
	return g
}

func (b *browser) get(path string) answer { return b.send(http.MethodGet, path, "", nil) }

// post sends body as JSON; headers are pairs of name and value.
func (b *browser) post(path string, body any, headers ...string) answer {
	if body == nil {
		return b.send(http.MethodPost, path, "", nil, headers...)
	}
	text, err := json.Marshal(body)
	require.NoError(b.h.t, err)
	return b.send(http.MethodPost, path, "application/json", text, headers...)
}

func (b *browser) send(method, path, contentType string, body []byte, headers ...string) answer {
	b.h.t.Helper()
	r, err := http.NewRequestWithContext(b.h.t.Context(), method, origin+path, bytes.NewReader(body))
	require.NoError(b.h.t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.client.Do(r)
	require.NoError(b.h.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(b.h.t, err)
	return answer{b.h.t, response.StatusCode, response.Header, string(text)}
}

// request asks for the house's profile at the house's customer.
func (b *browser) request(key string) answer {
	return b.post("/api/v1/grants", b.wanted(nil), "Idempotency-Key", key)
}

// wanted is the body of a good request, with changes.
func (b *browser) wanted(changes map[string]any) map[string]any {
	body := map[string]any{"customer_id": b.h.customer.ID, "profile_id": b.h.profile.ID, "lifetime_seconds": 3600, "reason": "Printer"}
	for field, value := range changes {
		body[field] = value
	}
	return body
}

// eventually polls a condition, with a deadline.
func eventually(t *testing.T, condition func() bool, what string) {
	t.Helper()
	require.Eventually(t, condition, 10*time.Second, 5*time.Millisecond, what)
}
