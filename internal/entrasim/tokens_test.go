package entrasim_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

func (w *world) login(path string) reply {
	req, err := http.NewRequest("GET", w.LoginURL()+path, nil)
	require.NoError(w.t, err)
	r, err := w.send(req)
	require.NoError(w.t, err)
	return r
}

func TestDiscovery(t *testing.T) {
	w := newWorld(t)
	doc := w.login("/" + contoso + "/v2.0/.well-known/openid-configuration")
	require.Equal(t, w.LoginURL()+"/"+contoso+"/v2.0", doc.str("issuer"), "MSAL compares the issuer's host and port with the authority's")
	require.Equal(t, w.LoginURL()+"/"+contoso+"/oauth2/v2.0/token", doc.str("token_endpoint"))
	require.NotEmpty(t, doc.str("authorization_endpoint"))
	require.Equal(t, 200, w.login(strings.TrimPrefix(doc.str("jwks_uri"), w.LoginURL())).status)
	missing := w.login("/" + uuid.NewString() + "/v2.0/.well-known/openid-configuration")
	require.Equal(t, 400, missing.status)
	require.Contains(t, missing.str("error_description"), "AADSTS90002")
}

func TestTokenRefusals(t *testing.T) {
	w := newWorld(t)
	app := entrasim.SampleApp("https://hourglass.example/callback")
	app.Secrets = append(app.Secrets, entrasim.SecretSpec{Value: "stale", Expires: w.clock.Now()})
	require.NoError(t, w.RegisterApp(app))
	require.NoError(t, w.AddTenant(entrasim.TenantSpec{ID: uuid.NewString(), Name: "Fresh", DefaultDomain: "fresh.onmicrosoft.com"}))
	for name, c := range map[string]struct {
		tenant string
		edit   func(url.Values)
		status int
		kind   string
		code   float64
	}{
		"unknown tenant":    {uuid.NewString(), nil, 400, "invalid_tenant", 90002},
		"unknown app":       {contoso, func(f url.Values) { f.Set("client_id", uuid.NewString()) }, 400, "unauthorized_client", 700016},
		"no consent":        {"fresh.onmicrosoft.com", nil, 400, "unauthorized_client", 700016},
		"wrong secret":      {contoso, func(f url.Values) { f.Set("client_secret", "guess") }, 401, "invalid_client", 7000215},
		"expired secret":    {contoso, func(f url.Values) { f.Set("client_secret", "stale") }, 401, "invalid_client", 7000222},
		"no secret":         {contoso, func(f url.Values) { f.Del("client_secret") }, 401, "invalid_client", 7000218},
		"bad scope":         {contoso, func(f url.Values) { f.Set("scope", "https://graph.microsoft.com/User.Read") }, 400, "invalid_scope", 70011},
		"unsupported grant": {contoso, func(f url.Values) { f.Set("grant_type", "password") }, 400, "unsupported_grant_type", 70003},
		"missing parameter": {contoso, func(f url.Values) { f.Del("client_id") }, 400, "invalid_request", 900144},
	} {
		r := w.requestToken(c.tenant, c.edit)
		require.Equal(t, c.status, r.status, "%s: %s", name, r.raw)
		require.Equal(t, c.kind, r.str("error"), name)
		require.Equal(t, []any{c.code}, r.body["error_codes"], name)
		for _, field := range []string{"timestamp", "trace_id", "correlation_id", "error_uri"} {
			require.NotEmpty(t, r.str(field), "%s: %s", name, field)
		}
		require.Contains(t, r.str("error_description"), "\r\nTrace ID: ", name)
	}
}

func TestTokenContent(t *testing.T) {
	w := newWorld(t)
	var claims jwt.MapClaims
	_, _, err := jwt.NewParser().ParseUnverified(w.token(contoso), &claims)
	require.NoError(t, err)
	sp, ok := w.ServicePrincipal(contoso, entrasim.SampleClientID)
	require.True(t, ok)
	require.Equal(t, contoso, claims["tid"])
	require.Equal(t, entrasim.SampleClientID, claims["appid"])
	require.Equal(t, sp.ID, claims["oid"])
	require.Equal(t, "app", claims["idtyp"])
	require.Len(t, claims["roles"], len(entrasim.SamplePermissions))
	require.Equal(t, []any{entrasim.RoleUserAdministrator}, claims["wids"])
}

func TestGraphVerifiesTokens(t *testing.T) {
	w := newWorld(t)
	good := w.token(contoso)
	other := bareWorld(t, entrasim.Config{Dir: t.TempDir()})
	require.NoError(t, other.SeedSamples())
	parts := strings.Split(good, ".")
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
	for name, token := range map[string]string{
		"none": "", "garbage": "x.y.z", "another signer": other.token(contoso), "no signature": unsigned,
		"tampered": parts[0] + "." + parts[1] + "x." + parts[2],
	} {
		w.tokens[contoso] = token
		r := w.expect(401, "InvalidAuthenticationToken", contoso, "GET", "/organization", nil)
		require.NotEmpty(t, r.header.Get("WWW-Authenticate"), name)
	}
	w.tokens[contoso] = good
	w.expect(200, "", contoso, "GET", "/organization", nil)
	w.clock.Advance(time.Hour)
	w.expect(401, "InvalidAuthenticationToken", contoso, "GET", "/organization", nil)
}

func TestRevokedConsent(t *testing.T) {
	w := newWorld(t)
	w.token(contoso)
	const securityDefaults = "/policies/identitySecurityDefaultsEnforcementPolicy"
	require.NoError(t, w.RevokePermissions(contoso, entrasim.SampleClientID, "Policy.Read.All"))
	w.expect(200, "", contoso, "GET", securityDefaults, nil)
	w.fresh()
	w.expect(403, "Authorization_RequestDenied", contoso, "GET", securityDefaults, nil)
	require.NoError(t, w.RevokeConsent(contoso, entrasim.SampleClientID))
	w.expect(200, "", contoso, "GET", "/organization", nil)
	require.Equal(t, 400, w.requestToken(contoso, nil).status, "tokens that were issued live on, new ones are refused")
}

func TestConsentSpreadsSlowly(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.AddTenant(entrasim.TenantSpec{Name: "Fresh", DefaultDomain: "fresh.onmicrosoft.com", Settings: entrasim.Settings{
		Delays: entrasim.Delays{ConsentPrincipal: entrasim.Duration(30 * time.Second), ConsentRoles: entrasim.Duration(time.Minute)}}}))
	require.NoError(t, w.Consent("fresh.onmicrosoft.com", entrasim.SampleClientID))
	r := w.requestToken("fresh.onmicrosoft.com", nil)
	require.Equal(t, []any{7000229.0}, r.body["error_codes"])
	w.clock.Advance(30 * time.Second)
	w.expect(403, "Authorization_RequestDenied", "fresh.onmicrosoft.com", "GET", "/organization", nil)
	w.clock.Advance(time.Minute)
	w.expect(403, "Authorization_RequestDenied", "fresh.onmicrosoft.com", "GET", "/organization", nil) // the cached token
	w.fresh()
	w.expect(200, "", "fresh.onmicrosoft.com", "GET", "/organization", nil)
}

func TestClientAssertion(t *testing.T) {
	w := newWorld(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app"},
		NotBefore: w.clock.Now().Add(-time.Hour), NotAfter: w.clock.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	app := entrasim.SampleApp()
	app.Certificates = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
	require.NoError(t, w.RegisterApp(app))

	sum256, sum1 := sha256.Sum256(der), sha1.Sum(der)
	type assertion struct {
		method jwt.SigningMethod
		key    crypto.Signer
		header map[string]any
		claims jwt.MapClaims
	}
	build := func(edit func(*assertion)) string {
		now := w.clock.Now()
		a := &assertion{jwt.SigningMethodPS256, key, map[string]any{"x5t#S256": base64.StdEncoding.EncodeToString(sum256[:])}, jwt.MapClaims{
			"aud": w.LoginURL() + "/" + contoso + "/oauth2/v2.0/token", "iss": app.ClientID, "sub": app.ClientID, "jti": uuid.NewString(),
			"nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
		}}
		if edit != nil {
			edit(a)
		}
		token := jwt.NewWithClaims(a.method, a.claims)
		for name, value := range a.header {
			token.Header[name] = value
		}
		signed, err := token.SignedString(a.key)
		require.NoError(t, err)
		return signed
	}
	send := func(signed string) reply {
		return w.requestToken(contoso, func(f url.Values) {
			f.Del("client_secret")
			f.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
			f.Set("client_assertion", signed)
			f.Set("client_info", "1")
		})
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		edit func(*assertion)
		code float64 // 0: accepted
	}{
		"PS256 with x5t#S256": {nil, 0},
		"RS256 with x5t": {func(a *assertion) {
			a.method, a.header = jwt.SigningMethodRS256, map[string]any{"x5t": base64.RawURLEncoding.EncodeToString(sum1[:])}
		}, 0},
		"unknown certificate": {func(a *assertion) { a.header = map[string]any{"x5t": "AAAA"} }, 700027},
		"another key":         {func(a *assertion) { a.key = stranger }, 700027},
		"another algorithm":   {func(a *assertion) { a.method, a.key = jwt.SigningMethodES256, curve }, 700027},
		"wrong audience":      {func(a *assertion) { a.claims["aud"] = w.LoginURL() + "/" + fabrikam + "/oauth2/v2.0/token" }, 700023},
		"wrong subject":       {func(a *assertion) { a.claims["sub"] = "x" }, 700021},
		"expired":             {func(a *assertion) { a.claims["exp"] = w.clock.Now().Add(-time.Hour).Unix() }, 700024},
		"without an end":      {func(a *assertion) { delete(a.claims, "exp") }, 700024},
		"without an id":       {func(a *assertion) { delete(a.claims, "jti") }, 700027},
	} {
		r := send(build(c.edit))
		if c.code == 0 {
			require.Equal(t, 200, r.status, "%s: %s", name, r.raw)
			continue
		}
		require.Equal(t, 401, r.status, "%s: %s", name, r.raw)
		require.Equal(t, []any{c.code}, r.body["error_codes"], name)
	}
	once := build(nil)
	require.Equal(t, 200, send(once).status)
	require.Equal(t, 401, send(once).status, "an assertion is good once")
}
