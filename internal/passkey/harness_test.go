package passkey_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
	"hourglass/internal/testclock"
)

const (
	rpID   = "hourglass.msp.example"
	origin = "https://hourglass.msp.example"
)

// house is a service on a real SQLite store, with a clock of its own and two people.
type house struct {
	*passkey.Service
	t     testing.TB
	ctx   context.Context
	clock *testclock.Clock
	store *people
	ada   store.Person
	grace store.Person
}

func newHouse(t testing.TB) *house {
	t.Helper()
	c := testclock.At(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	ctx := t.Context()
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), store.WithClock(c.Now))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(ctx))

	h := &house{t: t, ctx: ctx, clock: c, store: &people{Store: s, suspended: map[access.PersonID]bool{}}}
	h.ada = h.addPerson("7b1e0a94-0000-4000-8000-000000000001", "Ada", "ada")
	h.grace = h.addPerson("7b1e0a94-0000-4000-8000-000000000002", "Grace", "grace")
	h.Service, err = passkey.New(passkey.Config{RPID: rpID, Origins: []string{origin}, Clock: c.Now}, h.store)
	require.NoError(t, err)
	return h
}

func (h *house) addPerson(id, name, handle string) store.Person {
	h.t.Helper()
	p := store.Person{Roles: []access.MSPRole{access.Technician}, CreatedAt: h.clock.Now()}
	var err error
	require.NoError(h.t, p.ID.UnmarshalText([]byte(id)))
	p.Name, err = access.NewName(name)
	require.NoError(h.t, err)
	p.Handle, err = access.NewHandle(handle)
	require.NoError(h.t, err)
	require.NoError(h.t, h.store.AddPerson(h.ctx, p, store.Actor{}))
	return p
}

// people is the store with people who can be suspended, and with a moment before a session is touched or a passkey used.
type people struct {
	*store.Store
	suspended   map[access.PersonID]bool
	beforeTouch func(session [32]byte)
	beforeUse   func()
}

func (p *people) UsePasskey(ctx context.Context, credentialID []byte, at time.Time, judge store.Judge) error {
	if before := p.beforeUse; before != nil {
		p.beforeUse = nil
		before()
	}
	return p.Store.UsePasskey(ctx, credentialID, at, judge)
}

func (p *people) TouchSession(ctx context.Context, id [32]byte, seen time.Time) error {
	if p.beforeTouch != nil {
		p.beforeTouch(id)
	}
	return p.Store.TouchSession(ctx, id, seen)
}

func (p *people) Person(ctx context.Context, id access.PersonID) (store.Person, error) {
	person, err := p.Store.Person(ctx, id)
	person.Suspended = p.suspended[id]
	return person, err
}

// device is a software authenticator with one passkey, in a browser that is at some origin.
type device struct {
	party virtualwebauthn.RelyingParty
	auth  virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

func newDevice(t testing.TB, person store.Person) *device {
	t.Helper()
	return &device{
		party: virtualwebauthn.RelyingParty{ID: rpID, Name: "Hourglass", Origin: origin},
		auth:  virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(person.ID.String())}),
		key:   newKey(t),
	}
}

// newKey avoids keys with a coordinate that begins with a zero byte: virtualwebauthn writes those too short.
func newKey(t testing.TB) virtualwebauthn.Credential {
	t.Helper()
	for {
		key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		parsed, err := x509.ParsePKCS8PrivateKey(key.Key.Data)
		require.NoError(t, err)
		public, err := parsed.(*ecdsa.PrivateKey).PublicKey.Bytes() // 0x04, x, y
		require.NoError(t, err)
		if public[1] != 0 && public[33] != 0 {
			return key
		}
	}
}

// create answers a registration, sign an assertion.
func (d *device) create(t testing.TB, begun passkey.Begun) passkey.Answer {
	t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(string(begun.Options))
	require.NoError(t, err)
	return answer(begun, virtualwebauthn.CreateAttestationResponse(d.party, d.auth, d.key, *options))
}

func (d *device) sign(t testing.TB, begun passkey.Begun) passkey.Answer {
	t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(string(begun.Options))
	require.NoError(t, err)
	return answer(begun, virtualwebauthn.CreateAssertionResponse(d.party, d.auth, d.key, *options))
}

func answer(begun passkey.Begun, credential string) passkey.Answer {
	r := httptest.NewRequest(http.MethodPost, origin, nil)
	r.AddCookie(passkey.CeremonyCookie(begun.Token))
	r.Header.Set("User-Agent", "test browser")
	return passkey.AnswerOf(r, []byte(credential))
}

func (h *house) name() access.Name {
	name, err := access.NewName("blue key")
	require.NoError(h.t, err)
	return name
}

// link issues an enrolment link.
func (h *house) link(p store.Person) string {
	h.t.Helper()
	token, _, err := h.IssueEnrolment(h.ctx, p.ID, store.Actor{})
	require.NoError(h.t, err)
	return token.Reveal()
}

// enrol gives a person a device with a passkey, and returns the session that this opened.
func (h *house) enrol(p store.Person) (*device, passkey.SignedIn) {
	h.t.Helper()
	d, token := newDevice(h.t, p), h.link(p)
	begun, err := h.BeginEnrolment(h.ctx, token)
	require.NoError(h.t, err)
	in, err := h.FinishEnrolment(h.ctx, token, h.name(), d.create(h.t, begun))
	require.NoError(h.t, err)
	return d, in
}

func (h *house) signIn(d *device) (passkey.SignedIn, error) {
	h.t.Helper()
	begun, err := h.BeginSignIn(h.ctx)
	require.NoError(h.t, err)
	return h.FinishSignIn(h.ctx, d.sign(h.t, begun))
}

// keyOf is the one passkey of a person, as it is stored.
func (h *house) keyOf(p store.Person) store.Passkey {
	h.t.Helper()
	keys, err := h.store.Passkeys(h.ctx, p.ID)
	require.NoError(h.t, err)
	require.Len(h.t, keys, 1)
	return keys[0]
}

// visit makes a request with the session's cookie.
func (h *house) visit(in passkey.SignedIn) (store.Session, store.Person, error) {
	r := httptest.NewRequest(http.MethodGet, origin, nil)
	r.AddCookie(passkey.SessionCookie(in))
	return h.Authenticate(h.ctx, r)
}
