package api

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"testing"

	"github.com/descope/virtualwebauthn"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

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

// unknownLength is a header with which a body is sent in chunks.
const unknownLength = "X-Test-Unknown-Length"

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
	if r.Header.Get(unknownLength) != "" {
		r.ContentLength = -1
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
