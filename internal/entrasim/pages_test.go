package entrasim_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

// browser is a client with cookies that follows no redirect.
type browser struct {
	w *world
	*http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	client := *w.client
	client.Jar = jar
	return &browser{w, &client}
}

func (b *browser) do(method, address, kind, body string) (*http.Response, string) {
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	require.NoError(b.w.t, err)
	req.Header.Set("Content-Type", kind)
	res, err := b.Do(req)
	require.NoError(b.w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(b.w.t, err)
	return res, string(raw)
}

func (b *browser) get(address string) (*http.Response, string) { return b.do("GET", address, "", "") }

func (b *browser) form(address string, values url.Values) (*http.Response, string) {
	return b.do("POST", address, "application/x-www-form-urlencoded", values.Encode())
}

var (
	dataFlow   = regexp.MustCompile(`data-flow="([^"]+)" data-step="([^"]+)"`)
	hiddenFlow = regexp.MustCompile(`name="flow" value="([^"]+)"`)
)

// signIn opens the sign-in page and gives a function that sends one step as the page's script does.
func (b *browser) signIn(path string) func(step fields) fields {
	res, page := b.get(b.w.LoginURL() + path)
	require.Equal(b.w.t, 200, res.StatusCode, page)
	m := dataFlow.FindStringSubmatch(page)
	require.NotNil(b.w.t, m)
	return func(step fields) fields {
		step["flow"] = m[1]
		raw, err := json.Marshal(step)
		require.NoError(b.w.t, err)
		_, body := b.do("POST", b.w.LoginURL()+m[2], "application/json", string(raw))
		var out fields
		require.NoError(b.w.t, json.NewDecoder(bytes.NewReader([]byte(body))).Decode(&out), body)
		return out
	}
}

// enabled makes an enabled account in Contoso and returns its id.
func (w *world) enabled(name string) string {
	id := w.create(contoso, name)
	w.expect(204, "", contoso, "PATCH", "/users/"+id, fields{"accountEnabled": true})
	return id
}

func (w *world) pass(id string) string {
	return w.expect(201, "", contoso, "POST", "/users/"+id+"/authentication/temporaryAccessPassMethods", fields{}).str("temporaryAccessPass")
}

func TestSignInPageSteps(t *testing.T) {
	w := newWorld(t)
	const upn = "ada@contoso.onmicrosoft.com"
	ada := w.enabled("ada")
	step := w.browser().signIn("/organizations/oauth2/v2.0/authorize")
	require.Equal(t, "username", step(fields{"action": "password", "secret": "x"})["view"], "no secret before a name")
	require.NotEmpty(t, step(fields{"action": "username", "username": "eve@contoso.onmicrosoft.com"})["error"])
	require.Equal(t, fields{"view": "password", "displayName": upn}, step(fields{"action": "username", "username": "ADA@contoso.onmicrosoft.com"}))
	wrong := step(fields{"action": "password", "secret": "guess"})
	require.Equal(t, "password", wrong["view"])
	require.Contains(t, wrong["error"], "Your account or password is incorrect")
	require.Equal(t, "kmsi", step(fields{"action": "password", "secret": "Correct-Horse-7"})["view"])

	pass := w.pass(ada)
	step = w.browser().signIn("/" + contoso + "/signin?login_hint=" + upn)
	require.Equal(t, "pass", step(fields{"action": "username", "username": upn})["view"], "a usable pass comes first")
	require.Equal(t, "password", step(fields{"action": "switch", "to": "password"})["view"])
	require.Equal(t, "pass", step(fields{"action": "switch", "to": "pass"})["view"])
	wrong = step(fields{"action": "pass", "secret": "guess"})
	require.Equal(t, "pass", wrong["view"])
	require.Contains(t, wrong["error"], "Temporary Access Pass is incorrect")
	require.Equal(t, "pass", step(fields{"action": "pass", "secret": "Correct-Horse-7"})["view"], "a password is no pass")
	require.Equal(t, "kmsi", step(fields{"action": "pass", "secret": pass})["view"])

	w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": false})
	step = w.browser().signIn("/" + contoso + "/signin")
	step(fields{"action": "username", "username": upn})
	require.Contains(t, step(fields{"action": "pass", "secret": pass})["error"], "AADSTS50057")

	step = w.browser().signIn("/" + fabrikam + "/signin")
	require.Equal(t, "username", step(fields{"action": "username", "username": upn})["view"], "an account of another tenant")
}

func TestPickAnAccount(t *testing.T) {
	w := newWorld(t)
	ada := w.enabled("ada")
	pass := w.pass(ada)
	const upn, plain = "ada@contoso.onmicrosoft.com", "/organizations/oauth2/v2.0/authorize"
	b := w.browser()
	first := func(path string) string {
		_, page := b.get(w.LoginURL() + path)
		return regexp.MustCompile(`data-first="(\w+)"`).FindStringSubmatch(page)[1]
	}
	require.Equal(t, "username", first(plain), "nobody has signed in with this browser")
	step := b.signIn(plain)
	step(fields{"action": "username", "username": upn})
	step(fields{"action": "pass", "secret": pass})
	require.Equal(t, "username", first(plain), "nobody has come in yet")
	step(fields{"action": "kmsi"})

	require.Equal(t, "picker", first(plain))
	require.Equal(t, "username", first(plain+"?login_hint=eve@contoso.onmicrosoft.com"), "who is named is not asked")
	require.Equal(t, "picker", first(plain+"?prompt=select_account&login_hint="+upn))
	_, page := b.get(w.LoginURL() + plain)
	for _, want := range []string{`id="tilesHolder" role="list"`, `role="button" tabindex="0" data-test-id="` + upn + `"`, `id="otherTile"`, `id="otherTileText"`} {
		require.Contains(t, page, want)
	}
	_, page = w.browser().get(w.LoginURL() + plain)
	require.NotContains(t, page, upn, "another browser knows nobody")

	b.get(w.LoginURL() + "/" + contoso + "/oauth2/v2.0/logout")
	require.Equal(t, "username", first(plain), "who signs out is forgotten")
}

func TestSecondFactorAtTheSignInPage(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.SetSecurityDefaults(contoso, true))
	ada := w.enabled("ada")
	start := func() func(fields) fields {
		step := w.browser().signIn("/" + contoso + "/signin")
		step(fields{"action": "username", "username": "ada@contoso.onmicrosoft.com"})
		return step
	}
	require.Equal(t, "more", start()(fields{"action": "password", "secret": "Correct-Horse-7"})["view"])
	_, err := w.RegisterMethod(contoso, ada, entrasim.Authenticator)
	require.NoError(t, err)
	step := start()
	require.Equal(t, "kmsi", func() any {
		require.Equal(t, "code", step(fields{"action": "password", "secret": "Correct-Horse-7"})["view"])
		require.NotEmpty(t, step(fields{"action": "code", "secret": "000000x"})["error"])
		code, err := w.OneTimeCode(contoso, ada)
		require.NoError(t, err)
		return step(fields{"action": "code", "secret": code})["view"]
	}())
}

// TestSignInPageNames holds the element names that browser extensions and scripts know Microsoft's page by.
func TestSignInPageNames(t *testing.T) {
	w := newWorld(t)
	_, page := w.browser().get(w.LoginURL() + "/organizations/signin")
	for _, want := range []string{
		`type="email" name="loginfmt" id="i0116"`, `name="passwd" type="password" id="i0118"`, `name="accesspass"`, `name="otc"`,
		`type="submit" id="idSIButton9"`, `id="idBtn_Back"`, `id="displayName"`, `id="passwordError"`, `id="usernameError"`, `id="KmsiDescription"`,
	} {
		require.Contains(t, page, want)
	}
}

func TestAdminCentre(t *testing.T) {
	w := newWorld(t)
	ada := w.enabled("ada")
	pass := w.pass(ada)
	assignment := w.assign(contoso, ada, exchange)
	b := w.browser()
	res, _ := b.get(w.AdminURL() + "/" + contoso + "?login_hint=ada@contoso.onmicrosoft.com")
	require.Equal(t, 302, res.StatusCode)
	to := res.Header.Get("Location")
	require.True(t, strings.HasPrefix(to, w.LoginURL()+"/"+contoso+"/oauth2/v2.0/authorize?"), to)

	step := b.signIn(strings.TrimPrefix(to, w.LoginURL()))
	step(fields{"action": "username", "username": "ada@contoso.onmicrosoft.com"})
	step(fields{"action": "pass", "secret": pass})
	handover := step(fields{"action": "kmsi", "stay": false})["redirect"].(string)
	require.True(t, strings.HasPrefix(handover, w.AdminURL()+"/signin-oidc?"), handover)
	res, _ = b.get(handover)
	cookie := res.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "Secure", "Path=/"} {
		require.Contains(t, cookie, want)
	}
	require.NotContains(t, cookie, "Domain")
	res, _ = w.browser().get(handover)
	require.Empty(t, res.Header.Get("Set-Cookie"), "a code is good once")

	_, page := b.get(w.AdminURL() + "/")
	require.Contains(t, page, `<dd id="upn">ada@contoso.onmicrosoft.com</dd>`)
	require.Contains(t, page, `<dd id="roles">Exchange Administrator</dd>`)
	require.Contains(t, page, w.clock.Now().Add(time.Hour).Format(time.RFC3339))
	live := func() fields {
		_, raw := b.get(w.AdminURL() + "/session")
		var out fields
		require.NoError(t, json.Unmarshal([]byte(raw), &out))
		return out
	}
	require.Equal(t, []any{"Exchange Administrator"}, live()["roles"])
	w.expect(204, "", contoso, "DELETE", assignments+"/"+assignment, nil)
	require.Empty(t, live()["roles"])
	require.Nil(t, live()["ended"])
	w.clock.Advance(time.Hour)
	require.NotNil(t, live()["ended"], "the session ends with the pass")
	_, page = b.get(w.AdminURL() + "/")
	require.Contains(t, page, "Your session was revoked; sign in again")
	require.Contains(t, page, `<dl id="session" hidden>`)

	_, page = b.get(w.LoginURL() + "/" + contoso + "/oauth2/v2.0/logout")
	require.Contains(t, page, "You signed out of your account")

	res, _ = b.get(w.LoginURL() + "/organizations/signin?return=https://evil.example/")
	require.Equal(t, 400, res.StatusCode, "no open redirect")
}

func TestAdminConsent(t *testing.T) {
	w := newWorld(t)
	const callback = "https://hourglass.example/callback"
	require.NoError(t, w.AddTenant(entrasim.TenantSpec{Name: "Fresh", DefaultDomain: "fresh.onmicrosoft.com"}))
	fresh := w.Tenants()[2].ID
	for name, role := range map[string]string{"admin": "Global Administrator", "clerk": "Reports Reader"} {
		_, err := w.AddUser(fresh, entrasim.UserSpec{UPN: name + "@fresh.onmicrosoft.com", Password: entrasim.SampleAdminPassword, Roles: []string{role}})
		require.NoError(t, err)
	}
	base := url.Values{"client_id": {entrasim.SampleClientID}, "redirect_uri": {callback}, "state": {"s1"}, "scope": {"https://graph.microsoft.com/.default"}}
	open := func(b *browser, path string) string {
		res, page := b.get(w.LoginURL() + path + "?" + base.Encode())
		require.Equal(t, 200, res.StatusCode, page)
		return hiddenFlow.FindStringSubmatch(page)[1]
	}
	decide := func(path, decision string) url.Values {
		b := w.browser()
		flow := open(b, path)
		_, page := b.form(w.LoginURL()+"/consent/signin", url.Values{"flow": {flow}, "loginfmt": {"admin@fresh.onmicrosoft.com"}, "passwd": {entrasim.SampleAdminPassword}})
		require.Contains(t, page, "Permissions requested")
		require.Contains(t, page, "User-PasswordProfile.ReadWrite.All")
		res, _ := b.form(w.LoginURL()+"/consent/decision", url.Values{"flow": {flow}, "decision": {decision}})
		require.Equal(t, 302, res.StatusCode)
		to, err := url.Parse(res.Header.Get("Location"))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(to.String(), callback+"?"))
		require.Equal(t, "s1", to.Query().Get("state"))
		return to.Query()
	}
	v1, v2 := "/"+fresh+"/adminconsent", "/organizations/v2.0/adminconsent"
	q := decide(v1, "cancel")
	require.Equal(t, "permission_denied", q.Get("error"))
	require.False(t, q.Has("admin_consent"))
	q = decide(v2, "cancel")
	require.Equal(t, "consent_required", q.Get("error"))
	require.Equal(t, "True", q.Get("admin_consent"), "on v2 even errors say so")
	require.Contains(t, q.Get("error_description"), "AADSTS65004")
	_, consented := w.ServicePrincipal(fresh, entrasim.SampleClientID)
	require.False(t, consented)

	b := w.browser()
	flow := open(b, v1)
	for _, c := range []struct{ upn, password string }{
		{"clerk@fresh.onmicrosoft.com", entrasim.SampleAdminPassword}, {"admin@fresh.onmicrosoft.com", "guess"}, {"admin@contoso.onmicrosoft.com", entrasim.SampleAdminPassword},
	} {
		_, page := b.form(w.LoginURL()+"/consent/signin", url.Values{"flow": {flow}, "loginfmt": {c.upn}, "passwd": {c.password}})
		require.Contains(t, page, `id="passwordError"`, c.upn)
		res, _ := b.form(w.LoginURL()+"/consent/decision", url.Values{"flow": {flow}, "decision": {"accept"}})
		require.Equal(t, 200, res.StatusCode, "nobody is signed in: no decision")
	}
	q = decide(v2, "accept")
	require.Equal(t, fresh, q.Get("tenant"))
	require.Equal(t, "True", q.Get("admin_consent"))
	require.NotEmpty(t, q.Get("scope"))
	w.expect(200, "", fresh, "GET", "/organization", nil)

	base.Set("redirect_uri", "https://evil.example/")
	res, page := b.get(w.LoginURL() + v1 + "?" + base.Encode())
	require.Equal(t, 400, res.StatusCode)
	require.Contains(t, page, "AADSTS50011")
	base.Set("redirect_uri", callback)
	base.Set("scope", "User.Read")
	res, _ = b.get(w.LoginURL() + v2 + "?" + base.Encode())
	require.Contains(t, res.Header.Get("Location"), "error=invalid_scope")
}

func TestTenantsSideBySide(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.Transport = mapped(t, w)
	open := func(tenant, host string) (where string) {
		id := w.create(tenant, "ada")
		w.expect(204, "", tenant, "PATCH", "/users/"+id, fields{"accountEnabled": true})
		pass := w.expect(201, "", tenant, "POST", "/users/"+id+"/authentication/temporaryAccessPassMethods", fields{}).str("temporaryAccessPass")
		res, _ := b.get("https://" + host + "/" + tenant)
		step := b.signIn(strings.TrimPrefix(res.Header.Get("Location"), "https://login.microsoftonline.com"))
		account, ok := w.User(tenant, id)
		require.True(t, ok)
		step(fields{"action": "username", "username": account.UPN})
		step(fields{"action": "pass", "secret": pass})
		res, _ = b.get(step(fields{"action": "kmsi"})["redirect"].(string))
		return "https://" + host + res.Header.Get("Location")
	}
	signedInAs := func(address string) string {
		_, page := b.get(address)
		return regexp.MustCompile(`<dd id="tenantId">([^<]*)`).FindStringSubmatch(page)[1]
	}
	first, second := open(contoso, "entra.microsoft.com"), open(fabrikam, "entra.microsoft.com")
	require.Equal(t, contoso, signedInAs(first))
	require.Equal(t, fabrikam, signedInAs(second))
	_, raw := b.get(first + "session")
	require.Contains(t, raw, contoso)
}

// mapped is a transport that finds the stand-in under Microsoft's names, as a browser with mapped hosts does.
func mapped(t *testing.T, w *world) http.RoundTripper {
	transport := w.client.Transport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	dial := net.Dialer{}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		to := map[string]string{"entra.microsoft.com:443": w.AdminURL(), "login.microsoftonline.com:443": w.LoginURL()}[address]
		return dial.DialContext(ctx, network, cmp.Or(strings.TrimPrefix(to, "https://"), address))
	}
	return transport
}
