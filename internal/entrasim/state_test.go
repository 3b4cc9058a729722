package entrasim_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

// TestStateSurvivesARestart: with a directory the stand-in keeps its authority, tenants, accounts and sessions.
func TestStateSurvivesARestart(t *testing.T) {
	cfg := entrasim.Config{Dir: t.TempDir()}
	first := bareWorld(t, cfg)
	require.NoError(t, first.SeedSamples())
	ada := first.enabled("ada")
	first.assign(contoso, ada, exchange)
	pass := first.pass(ada)
	session, err := first.TrySignIn(contoso, "ada@contoso.onmicrosoft.com", pass)
	require.NoError(t, err)
	ca, before := string(first.CAPEM()), len(first.Audits(contoso))
	require.NoError(t, first.Close())

	again := bareWorld(t, cfg)
	require.NoError(t, again.SeedSamples(), "seeding again changes nothing")
	require.Equal(t, ca, string(again.CAPEM()))
	again.tokens[contoso] = first.token(contoso)
	again.expect(200, "", contoso, "GET", "/users/"+ada, nil)
	a, ok := again.User(contoso, "hg-ada")
	require.True(t, ok)
	require.Equal(t, []string{"Exchange Administrator"}, a.Roles)
	require.Len(t, again.Audits(contoso), before)
	kept, ok := again.Session(contoso, session.ID)
	require.True(t, ok)
	require.Empty(t, kept.Ended)
	_, err = again.TrySignIn(contoso, "ada@contoso.onmicrosoft.com", pass)
	require.NoError(t, err)
}

// TestServerCertificate: browser tests map Microsoft's host names to the stand-in.
func TestServerCertificate(t *testing.T) {
	w := newWorld(t)
	pem, err := os.ReadFile(w.CAFile())
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	address := strings.TrimPrefix(w.LoginURL(), "https://")
	for _, name := range []string{"localhost", "127.0.0.1", "login.microsoftonline.com", "graph.microsoft.com", "entra.microsoft.com",
		"admin.microsoft.com", "portal.azure.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"} {
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, ServerName: name})
		require.NoError(t, err, name)
		require.NoError(t, conn.Close())
	}
	_, err = tls.Dial("tcp", address, &tls.Config{RootCAs: pool, ServerName: "contoso.example"})
	require.Error(t, err)
}

func TestControlListener(t *testing.T) {
	w := newWorld(t)
	call := func(method, path, body string, header ...string) (int, string) {
		req, err := http.NewRequest(method, w.ControlURL()+path, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		r, err := w.send(req)
		require.NoError(t, err)
		return r.status, r.raw
	}
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/tenants", `{"name":"Fresh","defaultDomain":"fresh.onmicrosoft.com","licence":"P2","tapPolicy":{"enabled":true}}`},
		{"PATCH", "/tenants/fresh.onmicrosoft.com", `{"securityDefaults":true,"delays":{"pim":"90s"}}`},
		{"POST", "/tenants/fresh.onmicrosoft.com/users", `{"userPrincipalName":"ada@fresh.onmicrosoft.com","displayName":"Ada","password":"Correct-Horse-7"}`},
		{"POST", "/tenants/fresh.onmicrosoft.com/roles", `{"user":"ada@fresh.onmicrosoft.com","role":"Global Reader"}`},
		{"POST", "/tenants/fresh.onmicrosoft.com/groups", `{"displayName":"Admins","isAssignableToRole":true,"members":["ada@fresh.onmicrosoft.com"]}`},
		{"PATCH", "/tenants/fresh.onmicrosoft.com/users/ada@fresh.onmicrosoft.com", `{"accountEnabled":false}`},
		{"POST", "/tenants/fresh.onmicrosoft.com/consent", `{"clientId":"` + entrasim.SampleClientID + `"}`},
		{"POST", "/faults", `{"kind":"delay","delay":"1ms","tenant":"fresh.onmicrosoft.com"}`},
		{"PUT", "/latency", `{"graph":"1ms"}`},
		{"PUT", "/throttling", `{"enabled":false}`},
		{"GET", "/tenants", ""}, {"GET", "/faults", ""}, {"GET", "/stats", ""}, {"GET", "/requests", ""},
		{"GET", "/tenants/fresh.onmicrosoft.com/audits", ""},
		{"DELETE", "/faults", ""},
		{"DELETE", "/tenants/fresh.onmicrosoft.com/consent/" + entrasim.SampleClientID, ""},
	} {
		status, raw := call(c.method, c.path, c.body)
		require.Less(t, status, 300, "%s %s: %s", c.method, c.path, raw)
	}
	_, raw := call("GET", "/tenants/fresh.onmicrosoft.com/users/ada@fresh.onmicrosoft.com", "")
	var a entrasim.Account
	require.NoError(t, json.Unmarshal([]byte(raw), &a))
	require.Equal(t, []string{"Global Reader"}, a.Roles)
	require.False(t, a.AccountEnabled)
	require.Empty(t, w.Faults())

	status, _ := call("POST", "/tenants", `{"naem":"x"}`)
	require.Equal(t, 400, status)
	status, _ = call("DELETE", "/faults", "", "Origin", "https://evil.example")
	require.Equal(t, 403, status)
	status, _ = call("POST", "/apps", "{}", "Content-Type", "text/plain")
	require.Equal(t, 415, status)
}
