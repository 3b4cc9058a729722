package api

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

const (
	extensionID = "fpdhfjlgiaikedijghaphjaoekbdaaaj"
	redirectURI = "https://" + extensionID + ".chromiumapp.org/"
	verifier    = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// extension is the browser extension of somebody, as its server meets it.
type extension struct {
	*browser
	key     *ecdsa.PrivateKey
	access  string
	refresh string
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func thumbprintOf(t *testing.T, key *ecdsa.PrivateKey) string {
	sum, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(sum)
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// extensionOf is an extension in somebody's browser that is not paired.
func extensionOf(b *browser) *extension { return &extension{browser: b, key: newKey(b.h.t)} }

// pairing is the body with which the portal confirms.
func (x *extension) pairing() map[string]any {
	return map[string]any{
		"client_id": "hourglass-extension", "redirect_uri": redirectURI, "state": "state-1", "name": "Work laptop",
		"code_challenge": hashed(verifier), "code_challenge_method": "S256", "dpop_jkt": thumbprintOf(x.h.t, x.key),
	}
}

// confirmed pairs in the portal and returns the code.
func (x *extension) confirmed() string {
	x.h.t.Helper()
	require.Equal(x.h.t, http.StatusNoContent, x.confirm("assertion").status)
	got := x.post("/api/v1/pairings", x.pairing())
	require.Equal(x.h.t, http.StatusCreated, got.status, got.body)
	var made struct{ Location string }
	require.NoError(x.h.t, json.Unmarshal([]byte(got.body), &made))
	location, err := url.Parse(made.Location)
	require.NoError(x.h.t, err)
	require.Equal(x.h.t, "state-1", location.Query().Get("state"))
	return location.Query().Get("code")
}

// proofParts are what a proof says; a test changes what it wants to be wrong.
type proofParts struct {
	key        *ecdsa.PrivateKey
	typ        string
	withoutKey bool
	claims     map[string]any
	// alg and signer take the place of ES256 and the key.
	alg    jose.SignatureAlgorithm
	signer any
}

func (p proofParts) sign(t *testing.T) string {
	options := (&jose.SignerOptions{EmbedJWK: !p.withoutKey}).WithType(jose.ContentType(p.typ))
	key := jose.SigningKey{Algorithm: jose.ES256, Key: p.key}
	if p.signer != nil {
		key = jose.SigningKey{Algorithm: p.alg, Key: p.signer}
	}
	signer, err := jose.NewSigner(key, options)
	require.NoError(t, err)
	payload, err := json.Marshal(p.claims)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	compact, err := signed.CompactSerialize()
	require.NoError(t, err)
	return compact
}

// proof is a good one for a request.
func (x *extension) proof(method, path, token string) proofParts {
	address, err := url.Parse(path)
	require.NoError(x.h.t, err)
	claims := map[string]any{"htm": method, "htu": origin + address.Path, "iat": x.h.clock.now().Unix(), "jti": newID(rand.Reader)}
	if token != "" {
		claims["ath"] = hashed(token)
	}
	return proofParts{key: x.key, typ: "dpop+jwt", claims: claims}
}

// token asks the token endpoint, with a proof of its own.
func (x *extension) token(form map[string]string) answer {
	return x.tokenWith(form, x.proof(http.MethodPost, "/api/v1/oauth/token", "").sign(x.h.t))
}

func (x *extension) tokenWith(form map[string]string, proof string) answer {
	x.h.t.Helper()
	values := url.Values{"client_id": {"hourglass-extension"}}
	for name, value := range form {
		values.Set(name, value)
	}
	return x.h.anonymous().send(http.MethodPost, "/api/v1/oauth/token", "application/x-www-form-urlencoded", []byte(values.Encode()),
		"DPoP", proof, "Sec-Fetch-Site", "cross-site", "Origin", "chrome-extension://"+extensionID)
}

func (x *extension) exchange(code string) answer {
	return x.token(map[string]string{"grant_type": "authorization_code", "code": code, "redirect_uri": redirectURI, "code_verifier": verifier})
}

func (x *extension) renew(token string) answer {
	return x.token(map[string]string{"grant_type": "refresh_token", "refresh_token": token})
}

// take keeps the tokens of an answer.
func (x *extension) take(got answer) {
	x.h.t.Helper()
	require.Equal(x.h.t, http.StatusOK, got.status, got.body)
	var tokens Tokens
	require.NoError(x.h.t, json.Unmarshal([]byte(got.body), &tokens))
	x.access, x.refresh = tokens.AccessToken, tokens.RefreshToken
}

// paired is an extension that is paired with a person.
func paired(b *browser) *extension {
	b.h.t.Helper()
	x := extensionOf(b)
	x.take(x.exchange(x.confirmed()))
	return x
}

// oauthError checks that the answer is this error of OAuth's.
func (a answer) oauthError(want OAuthErrorError) {
	a.t.Helper()
	require.Equal(a.t, http.StatusBadRequest, a.status, a.body)
	var e OAuthError
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &e))
	require.Equal(a.t, want, e.Error)
	require.NotEmpty(a.t, e.ErrorDescription)
}

// ask sends a request as the extension does: without cookies, with token and proof.
func (x *extension) ask(method, path string, body any) answer {
	x.h.t.Helper()
	return x.askWith(method, path, body, x.access, x.proof(method, path, x.access).sign(x.h.t))
}

func (x *extension) askWith(method, path string, body any, token, proof string) answer {
	x.h.t.Helper()
	var content []byte
	contentType := ""
	if body != nil {
		var err error
		content, err = json.Marshal(body)
		require.NoError(x.h.t, err)
		contentType = "application/json"
	}
	return x.h.anonymous().send(method, path, contentType, content,
		"Authorization", "DPoP "+token, "DPoP", proof, "Sec-Fetch-Site", "cross-site", "Origin", "chrome-extension://"+extensionID)
}

// launched begins to sign in with a grant.
func (x *extension) launched(g Grant) Launch {
	x.h.t.Helper()
	return launchIn(x.ask(http.MethodPost, "/api/v1/extension/grants/"+g.Id.String()+"/launches", map[string]any{"destination": "entra"}))
}

func launchIn(got answer) Launch {
	got.t.Helper()
	require.Equal(got.t, http.StatusCreated, got.status, got.body)
	var l Launch
	require.NoError(got.t, json.Unmarshal([]byte(got.body), &l))
	return l
}

// fill redeems a ticket on a good page, with changes.
func (x *extension) fill(ticket string, changes map[string]any) answer {
	x.h.t.Helper()
	body := map[string]any{"ticket": ticket, "origin": "https://login.microsoftonline.com", "user_name": "ada@contoso.example", "step": "pass"}
	for field, value := range changes {
		body[field] = value
	}
	return x.ask(http.MethodPost, "/api/v1/extension/fills", body)
}
