package entrasim_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
	"hourglass/internal/testclock"
)

// world is a running stand-in with the samples, a clock that the test moves, and a client of the sample app.
type world struct {
	*entrasim.Sim
	t      testing.TB
	clock  *testclock.Clock
	client *http.Client
	tokens map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := bareWorld(t, entrasim.Config{})
	require.NoError(t, w.SeedSamples("https://hourglass.example/callback"))
	return w
}

func bareWorld(t *testing.T, cfg entrasim.Config) *world {
	t.Helper()
	w := &world{t: t, clock: testclock.At(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)), tokens: map[string]string{}}
	cfg.Clock = w.clock.Now
	sim, err := entrasim.Start(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	w.Sim = sim
	check(t, sim)
	w.client = trusting(t, sim)
	return w
}

// trusting is an HTTP client that trusts the stand-in's authority and follows no redirect.
func trusting(t testing.TB, sim *entrasim.Sim) *http.Client {
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(sim.CAPEM()))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// reply is an answer, read and parsed.
type reply struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (r reply) code() string {
	e, _ := r.body["error"].(map[string]any)
	code, _ := e["code"].(string)
	return code
}

func (r reply) str(path ...string) string {
	var v any = r.body
	for _, name := range path {
		o, _ := v.(map[string]any)
		v = o[name]
	}
	s, _ := v.(string)
	return s
}

func (r reply) values() []map[string]any {
	var list []map[string]any
	items, _ := r.body["value"].([]any)
	for _, item := range items {
		list = append(list, item.(map[string]any))
	}
	return list
}

func (w *world) send(req *http.Request) (reply, error) {
	res, err := w.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	out := reply{status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &out.body)
	return out, nil
}

// requestToken asks the token endpoint with the sample app's secret; edit may spoil the form.
func (w *world) requestToken(tenant string, edit func(url.Values)) reply {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {entrasim.SampleClientID}, "client_secret": {entrasim.SampleClientSecret},
		"scope": {"https://graph.microsoft.com/.default openid offline_access profile"}, "claims": {`{"access_token":{"xms_cc":{"values":["CP1"]}}}`},
	}
	if edit != nil {
		edit(form)
	}
	req, err := http.NewRequest("POST", w.LoginURL()+"/"+tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, err := w.send(req)
	require.NoError(w.t, err)
	return r
}

func (w *world) token(tenant string) string {
	if token, ok := w.tokens[tenant]; ok {
		return token
	}
	r := w.requestToken(tenant, nil)
	require.Equal(w.t, 200, r.status, r.raw)
	w.tokens[tenant] = r.str("access_token")
	return w.tokens[tenant]
}

// fresh forgets the tokens, so that the next call carries what the tenant grants now.
func (w *world) fresh() { clear(w.tokens) }

func (w *world) request(tenant, method, path string, body any) *http.Request {
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, w.GraphURL()+strings.ReplaceAll(path, " ", "%20"), reader)
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.token(tenant))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// graph calls Graph as the sample app in a tenant.
func (w *world) graph(tenant, method, path string, body any) reply {
	w.t.Helper()
	r, err := w.send(w.request(tenant, method, path, body))
	require.NoError(w.t, err)
	return r
}

// expect calls Graph and fails the test on another status or error code.
func (w *world) expect(status int, code, tenant, method, path string, body any) reply {
	w.t.Helper()
	r := w.graph(tenant, method, path, body)
	require.Equal(w.t, status, r.status, "%s %s: %s", method, path, r.raw)
	require.Equal(w.t, code, r.code(), "%s %s: %s", method, path, r.raw)
	return r
}

func readCloser(raw []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(raw)) }

type fields = map[string]any

func newUser(name, domain string) fields {
	return fields{
		"@odata.type": "#microsoft.graph.user", "accountEnabled": false, "displayName": "Ada", "mailNickname": name, "employeeId": "hg-" + name,
		"userPrincipalName": name + "@" + domain, "passwordProfile": fields{"forceChangePasswordNextSignIn": false, "password": "Correct-Horse-7"},
	}
}

const (
	contoso  = entrasim.ContosoID
	fabrikam = entrasim.FabrikamID
)

// create makes a user in Contoso or Fabrikam through Graph and returns its id.
func (w *world) create(tenant, name string) string {
	w.t.Helper()
	domain := map[string]string{contoso: "contoso.onmicrosoft.com", fabrikam: "fabrikam.onmicrosoft.com"}[tenant]
	return w.expect(201, "", tenant, "POST", "/users", newUser(name, domain)).str("id")
}

// assign gives a role through Graph and returns the assignment's id.
func (w *world) assign(tenant, user, role string) string {
	w.t.Helper()
	return w.expect(201, "", tenant, "POST", "/roleManagement/directory/roleAssignments",
		fields{"principalId": user, "roleDefinitionId": role, "directoryScopeId": "/"}).str("id")
}
