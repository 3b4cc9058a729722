package api

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func TestAPairingIsConfirmedInThePortal(t *testing.T) {
	h := newHouse(t)
	x := extensionOf(h.technician("ada"))
	h.clock.pass(2 * time.Minute)
	x.post("/api/v1/pairings", x.pairing()).problem(assertionNeeded)
	x.take(x.exchange(x.confirmed()))

	b := x.only()
	assert.Equal(t, "Work laptop", b.Name)
	assert.EqualValues(t, store.Chromium, b.Extension)
	assert.Equal(t, h.clock.now().UTC(), b.LastUsedAt)
	assert.Len(t, h.records(audit.PairingConfirmed), 1)
	assert.Len(t, h.records(audit.BrowserPaired), 1)

	admin := h.signedIn("admin", access.Admin)
	path := "/api/v1/people/" + x.person.ID.String() + "/browsers"
	assert.Contains(t, admin.get(path).body, "Work laptop")
	require.Equal(t, http.StatusNoContent, admin.send(http.MethodDelete, path+"/"+b.Id.String(), "", nil).status)
	x.ask(http.MethodGet, "/api/v1/extension/me", nil).problem(tokenRefused)
	x.renew(x.refresh).oauthError(OAuthInvalidGrant)
	assert.NotContains(t, x.get("/api/v1/me/browsers").body, "Work laptop")
	assert.Len(t, h.records(audit.BrowserRefused), 1, "a removed browser that comes again is in the log, once for a while")
}

func TestWhoAsksToBePaired(t *testing.T) {
	h := newHouse(t)
	x := extensionOf(h.technician("ada"))
	page := func(redirect string) answer {
		query := url.Values{"client_id": {"hourglass-extension"}, "redirect_uri": {redirect}, "state": {"s"}}
		return x.get("/api/v1/pairings?" + query.Encode())
	}
	got := page(redirectURI)
	require.Equal(t, http.StatusOK, got.status, got.body)
	var check struct {
		CancelLocation string `json:"cancel_location"`
	}
	require.NoError(t, json.Unmarshal([]byte(got.body), &check))
	assert.Equal(t, redirectURI+"?error=access_denied&state=s", check.CancelLocation)

	for _, foreign := range []string{
		"", "https://evil.example/", "http://" + extensionID + ".chromiumapp.org/", redirectURI + "x", strings.TrimSuffix(redirectURI, "/"),
		"https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.chromiumapp.org/", "https://" + extensionID + ".chromiumapp.org.evil.example/",
		"https://" + extensionID + ".chromiumapp.org@evil.example/", strings.ToUpper(redirectURI), redirectURI + "#", "javascript:alert(1)",
	} {
		if foreign != "" {
			page(foreign).problem(unknownExtension)
		}
		require.Equal(t, http.StatusNoContent, x.confirm("assertion").status)
		body := x.pairing()
		body["redirect_uri"] = foreign
		x.post("/api/v1/pairings", body).problem(unknownExtension)
	}
	for field, values := range map[string][]string{
		"client_id": {"", "another"}, "state": {"", "a b", strings.Repeat("s", 201)}, "code_challenge_method": {"plain"},
		"code_challenge": {"", "short", hashed("v") + "A"}, "dpop_jkt": {"", "short"}, "name": {"", strings.Repeat("n", 121), "two\nlines"},
	} {
		for _, value := range values {
			body := x.pairing()
			body[field] = value
			x.post("/api/v1/pairings", body).problem(invalidRequest)
		}
	}
	assert.Empty(t, h.records(audit.PairingConfirmed))
}

func TestACodeIsForWhoeverAskedForIt(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	good := map[string]string{"grant_type": "authorization_code", "redirect_uri": redirectURI, "code_verifier": verifier}
	for name, change := range map[string]func(x *extension, form map[string]string){
		"another verifier": func(_ *extension, form map[string]string) { form["code_verifier"] = strings.Repeat("v", 43) },
		"no verifier":      func(_ *extension, form map[string]string) { delete(form, "code_verifier") },
		"the challenge":    func(_ *extension, form map[string]string) { form["code_verifier"] = hashed(verifier) },
		"another address":  func(_ *extension, form map[string]string) { form["redirect_uri"] = redirectURI + "x" },
		"no address":       func(_ *extension, form map[string]string) { delete(form, "redirect_uri") },
		"another key":      func(x *extension, _ map[string]string) { x.key = newKey(t) },
		"a minute later":   func(*extension, map[string]string) { h.clock.pass(time.Minute) },
		"another code":     func(_ *extension, form map[string]string) { form["code"] = strings.Repeat("c", 43) },
		"something short":  func(_ *extension, form map[string]string) { form["code"] = "c" },
		"a suspended person": func(x *extension, _ map[string]string) {
			require.NoError(t, h.store.SuspendPerson(t.Context(), x.person.ID, store.Actor{}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := extensionOf(ada)
			if strings.Contains(name, "person") {
				x = extensionOf(h.technician("grace"))
			}
			form := maps.Clone(good)
			form["code"] = x.confirmed()
			kept, real := x.key, form["code"]
			change(x, form)
			x.token(form).oauthError(OAuthInvalidGrant)
			if form["code"] == real && !strings.Contains(name, "later") {
				x.key = kept
				x.exchange(real).oauthError(OAuthInvalidGrant) // it was used up by the attempt
			}
		})
	}
	assert.Len(t, h.records(audit.PairingRefused), 6)
	assert.Empty(t, h.records(audit.BrowserPaired))
}

func TestACodeThatComesTwiceRemovesTheBrowser(t *testing.T) {
	h := newHouse(t)
	x := extensionOf(h.technician("ada"))
	code := x.confirmed()
	x.take(x.exchange(code))
	x.exchange(code).oauthError(OAuthInvalidGrant)
	x.ask(http.MethodGet, "/api/v1/extension/me", nil).problem(tokenRefused)
	assert.EqualValues(t, store.CodeReused, x.only().RemovedBecause, "the person is told")
	assert.Equal(t, string(store.CodeReused), h.records(audit.BrowserRemoved)[0]["because"])
}

func TestARefreshTokenThatComesAgainRemovesTheBrowser(t *testing.T) {
	h := newHouse(t)
	x := paired(h.technician("ada"))
	first := x.refresh
	h.clock.pass(time.Hour)
	x.ask(http.MethodGet, "/api/v1/extension/me", nil).problem(tokenRefused)
	x.take(x.renew(first))

	// Its answer may have been lost: for half a minute it works again.
	h.clock.pass(29 * time.Second)
	x.take(x.renew(first))
	require.Equal(t, http.StatusOK, x.ask(http.MethodGet, "/api/v1/extension/me", nil).status)
	h.clock.pass(time.Second)
	x.renew(first).oauthError(OAuthInvalidGrant)
	x.renew(x.refresh).oauthError(OAuthInvalidGrant)
	x.ask(http.MethodGet, "/api/v1/extension/me", nil).problem(tokenRefused)
	require.Equal(t, http.StatusNoContent, x.confirm("sign-in").status)
	assert.EqualValues(t, store.RefreshTokenReused, x.only().RemovedBecause)
	x.removeOnly()
	assert.NotContains(t, x.get("/api/v1/me/browsers").body, "refresh_token_reused", "it was seen")
	require.Len(t, h.records(audit.BrowserRemoved), 1)
}

func TestARefreshTokenIsOfItsKey(t *testing.T) {
	x := paired(newHouse(t).technician("ada"))
	thief := &extension{browser: x.browser, key: newKey(t)}
	thief.renew(strings.Repeat("A", 43)).oauthError(OAuthInvalidGrant)
	thief.renew(x.access).oauthError(OAuthInvalidGrant)
	require.Equal(t, http.StatusOK, x.ask(http.MethodGet, "/api/v1/extension/me", nil).status)
	thief.renew(x.refresh).oauthError(OAuthInvalidGrant)
	assert.EqualValues(t, store.ForeignKey, x.only().RemovedBecause, "whoever has the token and not the key has copied it")
	x.renew(x.refresh).oauthError(OAuthInvalidGrant)
}

func TestAPairingThatIsNotUsedIsOver(t *testing.T) {
	h := newHouse(t)
	x := paired(h.technician("ada"))
	h.clock.pass(30*24*time.Hour - time.Second)
	x.take(x.renew(x.refresh))
	h.clock.pass(30 * 24 * time.Hour)
	x.renew(x.refresh).oauthError(OAuthInvalidGrant)
	require.Equal(t, http.StatusNoContent, x.confirm("sign-in").status)
	assert.NotContains(t, x.get("/api/v1/me/browsers").body, "Work laptop")
}

func TestTokenRequestsThatAreNone(t *testing.T) {
	h := newHouse(t)
	x := extensionOf(h.technician("ada"))
	proof := func() string { return x.proof(http.MethodPost, "/api/v1/oauth/token", "").sign(t) }
	x.tokenWith(map[string]string{}, proof()).oauthError(OAuthInvalidRequest)
	x.tokenWith(map[string]string{"grant_type": "password"}, proof()).oauthError(OAuthUnsupportedGrantType)
	x.tokenWith(map[string]string{"grant_type": "refresh_token", "client_id": "another"}, proof()).oauthError(OAuthInvalidClient)
	x.tokenWith(map[string]string{"grant_type": "refresh_token", "refresh_token": "x"}, "no proof").oauthError(OAuthInvalidProof)
	form := func(body string) answer {
		return h.anonymous().send(http.MethodPost, "/api/v1/oauth/token", "application/x-www-form-urlencoded", []byte(body), "DPoP", proof())
	}
	form("grant_type=refresh_token&grant_type=refresh_token&client_id=hourglass-extension").problem(malformedBody)
	form("%zz").problem(malformedBody)
	form("grant_type=refresh_token&client_id=hourglass-extension&refresh_token=" + strings.Repeat("a", 101)).problem(invalidRequest)
	form(strings.Repeat("a", longestBody+1)).problem(bodyTooLarge)
	h.anonymous().send(http.MethodPost, "/api/v1/oauth/token", "application/json", []byte("{}"), "DPoP", proof()).problem(unsupportedMedia)
	h.anonymous().send(http.MethodPost, "/api/v1/oauth/token", "application/x-www-form-urlencoded", []byte("a=b")).problem(invalidRequest)
}

// Every way to make a proof wrong: none opens anything, and what only an attack explains is in the audit log.
func TestAProofIsForOneRequestOfOneKey(t *testing.T) {
	path := "/api/v1/extension/grants"
	type change = func(x *extension, p *proofParts)
	claim := func(name string, value any) change {
		return func(_ *extension, p *proofParts) { p.claims[name] = value }
	}
	for name, c := range map[string]struct {
		change change
		cause  string
	}{
		"another key":           {func(_ *extension, p *proofParts) { p.key = newKey(t) }, "proof_of_another_key"},
		"another method":        {claim("htm", "POST"), "proof_for_another_request"},
		"another path":          {claim("htu", origin+"/api/v1/extension/me"), "proof_for_another_request"},
		"another host":          {claim("htu", "https://hourglass.evil.example"+path), "proof_for_another_request"},
		"without TLS":           {claim("htu", strings.Replace(origin, "https", "http", 1)+path), "proof_for_another_request"},
		"a path alone":          {claim("htu", path), "proof_for_another_request"},
		"another token":         {claim("ath", hashed("another")), "proof_for_another_request"},
		"no token":              {func(_ *extension, p *proofParts) { delete(p.claims, "ath") }, "proof_for_another_request"},
		"no id":                 {func(_ *extension, p *proofParts) { delete(p.claims, "jti") }, "proof_forged"},
		"an endless id":         {claim("jti", strings.Repeat("j", 129)), "proof_forged"},
		"no time":               {func(_ *extension, p *proofParts) { delete(p.claims, "iat") }, "proof_forged"},
		"a time that is a text": {claim("iat", "now"), "proof_forged"},
		"another type":          {func(_ *extension, p *proofParts) { p.typ = "JWT" }, "proof_forged"},
		"no key":                {func(_ *extension, p *proofParts) { p.withoutKey = true }, "proof_forged"},
		"another curve": {func(_ *extension, p *proofParts) {
			key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
			require.NoError(t, err)
			p.alg, p.signer = jose.ES384, key
		}, "proof_forged"},
		"another algorithm": {func(_ *extension, p *proofParts) {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			require.NoError(t, err)
			p.alg, p.signer = jose.PS256, key
		}, "proof_forged"},
		"a shared secret": {func(_ *extension, p *proofParts) {
			p.withoutKey, p.alg, p.signer = true, jose.HS256, make([]byte, 32)
		}, "proof_forged"},
		"a minute and more ago":   {func(x *extension, p *proofParts) { p.claims["iat"] = x.h.clock.now().Add(-61 * time.Second).Unix() }, ""},
		"a minute and more ahead": {func(x *extension, p *proofParts) { p.claims["iat"] = x.h.clock.now().Add(61 * time.Second).Unix() }, ""},
		"an absurd time":          {claim("iat", 1e300), ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			x := paired(h.technician("ada"))
			parts := x.proof(http.MethodGet, path, x.access)
			c.change(x, &parts)
			got := x.askWith(http.MethodGet, path, nil, x.access, parts.sign(t))
			got.problem(proofRefused)
			assert.Contains(t, got.header.Get("WWW-Authenticate"), `DPoP error="invalid_dpop_proof"`)
			refused := h.records(audit.BrowserRefused)
			if c.cause == "" {
				assert.Empty(t, refused, "a clock that is off is nobody's attack")
				return
			}
			require.Len(t, refused, 1)
			assert.Equal(t, c.cause, refused[0]["cause"])
		})
	}
}

func TestAProofCountsOnce(t *testing.T) {
	h := newHouse(t)
	h.clock.pass(h.clock.now().Truncate(15 * time.Minute).Add(15 * time.Minute).Sub(h.clock.now())) // refusals are one record for each quarter of an hour
	x := paired(h.technician("ada"))
	path := "/api/v1/extension/grants"
	proof := x.proof(http.MethodGet, path, x.access).sign(t)
	require.Equal(t, http.StatusOK, x.askWith(http.MethodGet, path, nil, x.access, proof).status)
	for range 3 {
		x.askWith(http.MethodGet, path, nil, x.access, proof).problem(proofRefused)
	}
	assert.Len(t, h.records(audit.BrowserRefused), 1, "an attacker does not fill the log")

	// At the last moment at which its time is now, it is still known.
	ahead := x.proof(http.MethodGet, path, x.access)
	ahead.claims["iat"] = h.clock.now().Add(time.Minute).Unix()
	signed := ahead.sign(t)
	require.Equal(t, http.StatusOK, x.askWith(http.MethodGet, path, nil, x.access, signed).status)
	h.clock.pass(2 * time.Minute)
	x.ask(http.MethodGet, path, nil)
	x.askWith(http.MethodGet, path, nil, x.access, signed).problem(proofRefused)
	assert.Len(t, h.records(audit.BrowserRefused), 1)
}

func TestProofsThatAreNotProofs(t *testing.T) {
	h := newHouse(t)
	x := paired(h.technician("ada"))
	path := "/api/v1/extension/grants"
	good := x.proof(http.MethodGet, path, x.access).sign(t)
	parts := strings.Split(good, ".")
	none := "eyJhbGciOiJub25lIiwidHlwIjoiZHBvcCtqd3QifQ." + parts[1] + "."
	for name, proof := range map[string]string{
		"nothing": "", "a word": "proof", "no algorithm": none, "a cut signature": good[:len(good)-4], "another payload": parts[0] + ".e30." + parts[2],
		"an endless one": good + strings.Repeat("A", 2048), "JSON": `{"payload":"","signatures":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			x.askWith(http.MethodGet, path, nil, x.access, proof).problem(proofRefused)
		})
	}
	// The header of a proof, with the private key in it.
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	require.NoError(t, err)
	private, err := jose.JSONWebKey{Key: x.key}.MarshalJSON()
	require.NoError(t, err)
	public, err := jose.JSONWebKey{Key: x.key.Public()}.MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(header), string(public))
	leaking := strings.Replace(string(header), string(public), string(private), 1)
	x.askWith(http.MethodGet, path, nil, x.access, base64.RawURLEncoding.EncodeToString([]byte(leaking))+"."+parts[1]+"."+parts[2]).problem(proofRefused)

	bearing := func(headers ...string) answer { return h.anonymous().send(http.MethodGet, path, "", nil, headers...) }
	bearing("Authorization", "Bearer "+x.access, "DPoP", good).problem(tokenRefused)
	bearing("Authorization", "DPoP "+x.refresh, "DPoP", good).problem(tokenRefused)
	bearing("Authorization", "DPoP", "DPoP", good).problem(tokenRefused)
	bearing("DPoP", good).problem(tokenRefused)
	require.Equal(t, http.StatusOK, bearing("Authorization", "dpop "+x.access, "DPoP", good).status, "a scheme is of any case (RFC 9110, 11.1)")
}

func TestAPersonHasSoManyBrowsers(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	for range 20 {
		h.clock.pass(2 * time.Second) // so that nobody is slowed down
		paired(ada)
	}
	require.Equal(t, http.StatusNoContent, ada.confirm("assertion").status)
	x := extensionOf(ada)
	x.post("/api/v1/pairings", x.pairing()).problem(tooManyBrowsers)
}

func TestALostPasskeyTakesThePairingsWithIt(t *testing.T) {
	h := newHouse(t)
	x := paired(h.technician("ada"))
	keys, err := h.store.Passkeys(t.Context(), x.person.ID)
	require.NoError(t, err)
	require.NoError(t, h.store.RemovePasskey(t.Context(), store.Removal{PersonID: x.person.ID, Hash: keys[0].Hash(), EvenLast: true}, store.Actor{}))
	x.ask(http.MethodGet, "/api/v1/extension/me", nil).problem(tokenRefused)
}
