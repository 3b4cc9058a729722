package entra

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

// microsoft is a server that says exactly what a test wants to hear: sign-in host and Graph in one, over TLS.
type microsoft struct {
	server *httptest.Server
	caFile string

	mu       sync.Mutex
	handlers map[string]http.HandlerFunc // of Graph, by pattern
	mux      *http.ServeMux              // the same
	openID   http.HandlerFunc
	token    http.HandlerFunc
	claims   map[string]any // of the tokens
	tokens   int            // how many were issued
	seen     []request
}

type request struct {
	method, path, query, body string
	header                    http.Header
}

func newMicrosoft(t testing.TB) *microsoft {
	m := &microsoft{handlers: map[string]http.HandlerFunc{}, mux: http.NewServeMux()}
	m.openID, m.token = m.theOpenID, m.theToken
	m.server = httptest.NewUnstartedServer(http.HandlerFunc(m.serve))
	m.server.EnableHTTP2 = true
	m.server.StartTLS()
	t.Cleanup(m.server.Close)
	m.caFile = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(m.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.server.Certificate().Raw}), 0o600))
	return m
}

func (m *microsoft) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	m.mu.Lock()
	m.seen = append(m.seen, request{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header})
	if len(m.seen) > 1000 { // the benchmarks
		m.seen = m.seen[:0]
	}
	var h http.Handler = m.mux
	switch path.Base(r.URL.Path) {
	case "openid-configuration":
		h = m.openID
	case "token":
		h = m.token
	}
	m.mu.Unlock()
	h.ServeHTTP(w, r)
}

// graph sets, or replaces, what Graph says.
func (m *microsoft) graph(pattern string, h http.HandlerFunc) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.handlers[pattern] = h
	m.mux = http.NewServeMux()
	for pattern, handler := range m.handlers {
		m.mux.HandleFunc(pattern, handler)
	}
}

// login replaces what the sign-in host says: with the token, and with the document that says where tokens are; nil leaves it.
func (m *microsoft) login(token, openID http.HandlerFunc) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if token != nil {
		m.token = token
	}
	if openID != nil {
		m.openID = openID
	}
}

// requests are those to Graph, in order.
func (m *microsoft) requests() []request {
	m.mu.Lock()
	defer m.mu.Unlock()
	var graph []request
	for _, r := range m.seen {
		if len(r.path) > 5 && (r.path[:5] == "/v1.0" || r.path[:5] == "/beta") {
			graph = append(graph, r)
		}
	}
	return graph
}

func (m *microsoft) theOpenID(w http.ResponseWriter, r *http.Request) {
	base := m.server.URL + "/" + tenantIn(r)
	write(w, 200, fmt.Sprintf(`{"issuer":"%s/v2.0","authorization_endpoint":"%s/oauth2/v2.0/authorize","token_endpoint":"%s/oauth2/v2.0/token"}`, base, base, base))
}

func (m *microsoft) theToken(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.tokens++
	claims := map[string]any{"tid": tenantIn(r), "appid": testClientID, "roles": []string{"User.ReadWrite.All"}, "n": m.tokens}
	for name, value := range m.claims {
		claims[name] = value
	}
	m.mu.Unlock()
	write(w, 200, fmt.Sprintf(`{"token_type":"Bearer","expires_in":3599,"access_token":%q}`, jwt(claims)))
}

func tenantIn(r *http.Request) string { return strings.Split(r.URL.Path, "/")[1] }

func (m *microsoft) issued() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tokens
}

func (m *microsoft) config() Config {
	return Config{
		AuthorityURL: m.server.URL, GraphURL: m.server.URL + "/v1.0", CAFile: m.caFile, Timeout: 10 * time.Second,
		ClientID: testClientID, ClientSecret: access.NewSecret("a-client-secret"),
	}
}

func (m *microsoft) client(t testing.TB, edits ...func(*Config)) *Client {
	t.Helper()
	cfg := m.config()
	for _, edit := range edits {
		edit(&cfg)
	}
	c, err := New(cfg)
	require.NoError(t, err)
	return c
}

// tenant is Contoso through a new client.
func (m *microsoft) tenant(t testing.TB, edits ...func(*Config)) *Tenant {
	t.Helper()
	return m.client(t, edits...).Tenant(contoso)
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal")
	w.Header().Set("Request-Id", testRequestID)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

const testClientID = "6f1d7c1e-5a4b-4d0e-9c57-0a0b0c0d0e0f"

const testRequestID = "bbbbbbbb-0000-4000-8000-000000000001"

func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { write(w, status, body) }
}

// refuses is Graph's error shape.
func refuses(status int, code string) http.HandlerFunc {
	return answers(status, fmt.Sprintf(`{"error":{"code":%q,"message":"a message with Ada's address in it","innerError":{}}}`, code))
}

// once says a thing one time, and the rest ever after.
func once(first, rest http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	used := false
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := rest
		if !used {
			used, h = true, first
		}
		mu.Unlock()
		h(w, r)
	}
}

func accountAnswer(id access.ObjectID, enabled bool) string {
	return fmt.Sprintf(`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users/$entity","id":%q,"userPrincipalName":"ada@contoso.onmicrosoft.com",
		"accountEnabled":%t,"employeeId":"HG-AEBAGAAAAAAAA","signInSessionsValidFromDateTime":"2026-11-22T12:00:00Z"}`, id, enabled)
}

func jwt(claims map[string]any) string {
	payload, _ := json.Marshal(claims)
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString(payload) + ".c2lnbmF0dXJl"
}

func accessToken(raw string) azcore.AccessToken {
	return azcore.AccessToken{Token: raw, ExpiresOn: time.Now().Add(time.Hour)}
}

var background = context.Background()
