package entra

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"hourglass/internal/access"
)

// SignInHost is what Microsoft's sign-in host says to whoever asks, without the app's secret.
type SignInHost struct {
	wire      *wire
	authority *url.URL
	clientID  string
	redirect  string
}

// NewSignInHost uses AuthorityURL, CAFile, ClientID, Timeout, Logger and OnCall of cfg. redirect is where Microsoft sends an
// administrator back to; it has to be a redirect URI of the app registration, letter by letter.
func NewSignInHost(cfg Config, redirect string) (*SignInHost, error) {
	s, mistakes := cfg.parseHost()
	if err := wrong(mistakes); err != nil {
		return nil, err
	}
	return &SignInHost{wire: s.wire(), authority: s.authority, clientID: s.clientID, redirect: redirect}, nil
}

// ConsentURL is the page on which an administrator of the tenant grants everything that the app registration declares: the
// v2 endpoint, which for application permissions takes no other scope than .default. The tenant stands in the address, so
// that Microsoft lets nobody of another one consent by mistake.
func (h *SignInHost) ConsentURL(tenant access.TenantID, state string) string {
	page := h.authority.JoinPath(tenant.String(), "v2.0", "adminconsent")
	page.RawQuery = url.Values{
		"client_id": {h.clientID}, "scope": {graphScope}, "redirect_uri": {h.redirect}, "state": {state},
	}.Encode()
	return page.String()
}

// TenantOf finds the tenant that a name means, in the issuer of its OpenID configuration document. access.TenantUnknown where
// Microsoft knows no such tenant; any other error is an *Error.
func (h *SignInHost) TenantOf(ctx context.Context, name access.TenantName) (access.TenantID, error) {
	c := &call{op: "find tenant"}
	address := h.authority.JoinPath(name.String(), "v2.0", ".well-known", "openid-configuration")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return access.TenantID{}, &Error{Kind: Invalid, Op: c.op}
	}
	_, body, failure := h.wire.exchange(request, c, judgeAuthority)
	switch {
	case failure == nil:
		return h.issuer(c, name, body)
	case failure.Kind == Unauthenticated:
		return access.TenantID{}, fmt.Errorf("%w: %w", access.TenantUnknown, failure)
	}
	return access.TenantID{}, failure
}

// issuer reads "https://<authority>/<tenant>/v2.0". Another host, or another tenant than the one asked for by its id, is no
// answer.
func (h *SignInHost) issuer(c *call, name access.TenantName, document []byte) (access.TenantID, error) {
	var said struct {
		Issuer string `json:"issuer"`
	}
	if json.Unmarshal(document, &said) != nil {
		return access.TenantID{}, c.unreadable()
	}
	path, found := strings.CutPrefix(said.Issuer, h.authority.String()+"/")
	tenant, last := strings.CutSuffix(path, "/v2.0")
	id, err := access.ParseID[access.TenantID](tenant)
	if !found || !last || err != nil {
		return access.TenantID{}, c.unreadable()
	}
	if asked, err := access.ParseID[access.TenantID](name.String()); err == nil && asked != id {
		return access.TenantID{}, &Error{Kind: Unauthenticated, Op: c.op, Code: CodeWrongTenant}
	}
	return id, nil
}
