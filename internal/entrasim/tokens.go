package entrasim

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

const (
	graphAudience   = "https://graph.microsoft.com"
	graphScope      = graphAudience + "/.default"
	signingKeyID    = "entrasim"
	tokenLifetime   = 3599 * time.Second
	assertionType   = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	clientCredGrant = "client_credentials"
)

// appClaims is an app-only access token for Graph.
type appClaims struct {
	jwt.RegisteredClaims
	TenantID string   `json:"tid"`
	AppID    string   `json:"appid"`
	ObjectID string   `json:"oid"`
	Roles    []string `json:"roles,omitempty"`
	IDType   string   `json:"idtyp"`
	WIDs     []string `json:"wids,omitempty"`
	Version  string   `json:"ver"`
}

// openIDConfiguration names the endpoints on the host that was asked, so that the issuer's host always equals the authority's.
func (s *Sim) openIDConfiguration(w http.ResponseWriter, r *http.Request) {
	t, ok := s.tenantOf(r.PathValue("tenant"))
	if !ok {
		s.loginFailure(w, r, unknownTenant(r.PathValue("tenant")))
		return
	}
	base := "https://" + r.Host + "/" + t.id
	writeJSON(w, http.StatusOK, object{
		"issuer": base + "/v2.0", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
		"token_endpoint": base + "/oauth2/v2.0/token", "jwks_uri": base + "/discovery/v2.0/keys",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		"response_types_supported":              []string{"code"}, "subject_types_supported": []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "scopes_supported": []string{"openid", "profile", "offline_access"},
		"tenant_region_scope": "EU", "cloud_instance_name": "microsoftonline.com", "msgraph_host": "graph.microsoft.com",
	})
}

func (s *Sim) keys(w http.ResponseWriter, _ *http.Request) {
	public := s.signing.PublicKey
	writeJSON(w, http.StatusOK, object{"keys": []object{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": signingKeyID, "x5t": signingKeyID,
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}}})
}

// token is POST /{tenant}/oauth2/v2.0/token: the client credentials grant, with a secret or a signed assertion.
func (s *Sim) token(w http.ResponseWriter, r *http.Request) {
	answer, err := s.clientCredentials(r)
	var failure *loginError
	switch {
	case errors.As(err, &failure):
		s.loginFailure(w, r, failure)
	case err != nil:
		s.log.Error("token was not issued", "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	default:
		w.Header().Set("Cache-Control", "no-store, no-cache")
		writeJSON(w, http.StatusOK, answer)
	}
}

func (s *Sim) clientCredentials(r *http.Request) (object, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		return nil, missingParameter("grant_type")
	}
	form := r.PostForm
	for _, name := range []string{"grant_type", "client_id", "scope"} {
		if form.Get(name) == "" {
			return nil, missingParameter(name)
		}
	}
	if form.Get("grant_type") != clientCredGrant {
		return nil, unsupportedGrant(form.Get("grant_type"))
	}
	t, ok := s.tenantOf(r.PathValue("tenant"))
	if !ok {
		return nil, unknownTenant(r.PathValue("tenant"))
	}
	clientID := form.Get("client_id")
	a, ok := s.app(clientID)
	if !ok {
		return nil, unknownApp(clientID, t.id)
	}
	if !scopeIsGraphDefault(form.Get("scope")) {
		return nil, badScope(form.Get("scope"))
	}
	now := s.now()
	if form.Get("client_assertion") != "" {
		if form.Get("client_assertion_type") != assertionType {
			return nil, missingParameter("client_assertion_type")
		}
		if err := s.checkAssertion(r, t, a, form.Get("client_assertion"), now); err != nil {
			return nil, err
		}
	} else if err := a.checkSecret(form.Get("client_secret"), now); err != nil {
		return nil, err
	}
	claims, err := t.appClaims(a, now)
	if err != nil {
		return nil, err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"], token.Header["x5t"] = signingKeyID, signingKeyID
	signed, err := token.SignedString(s.signing)
	if err != nil {
		return nil, fmt.Errorf("entrasim: sign token: %w", err)
	}
	seconds := int(tokenLifetime / time.Second)
	return object{"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": signed}, nil
}

// scopeIsGraphDefault tolerates what MSAL adds: openid, offline_access, profile.
func scopeIsGraphDefault(scope string) bool {
	found := false
	for _, part := range strings.Fields(scope) {
		switch part {
		case graphScope, graphAudience + "//.default":
			found = true
		case "openid", "offline_access", "profile":
		default:
			return false
		}
	}
	return found
}

func (a *app) checkSecret(secret string, now time.Time) error {
	if secret == "" {
		return missingSecret()
	}
	for _, known := range a.spec.Secrets {
		if known.Value != secret {
			continue
		}
		if !known.Expires.IsZero() && !now.Before(known.Expires) {
			return expiredSecret(a.spec.ClientID)
		}
		return nil
	}
	return wrongSecret(a.spec.ClientID)
}

// checkAssertion verifies a certificate-signed client assertion (RFC 7523): signature, audience, times, single use.
func (s *Sim) checkAssertion(r *http.Request, t *directory, a *app, raw string, now time.Time) error {
	var claims jwt.RegisteredClaims
	var cert *x509.Certificate
	_, err := jwt.ParseWithClaims(raw, &claims, func(token *jwt.Token) (any, error) {
		if cert = a.certificate(token.Header); cert == nil {
			return nil, errors.New("no certificate with this thumbprint is registered")
		}
		return cert.PublicKey, nil
	}, jwt.WithValidMethods([]string{"PS256", "RS256"}), jwt.WithTimeFunc(s.now), jwt.WithExpirationRequired(), jwt.WithLeeway(5*time.Minute))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired), errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return assertionTime()
	case err != nil:
		return assertionSignature()
	case !now.Before(cert.NotAfter):
		return assertionSignature()
	case claims.Issuer != a.spec.ClientID || claims.Subject != a.spec.ClientID:
		return assertionClient()
	case claims.ID == "":
		return assertionSignature()
	}
	for _, audience := range claims.Audience {
		for _, tenant := range []string{t.id, r.PathValue("tenant")} {
			base := "https://" + r.Host + "/" + tenant
			if audience == base+"/oauth2/v2.0/token" || audience == base+"/v2.0" {
				if !s.replays.first(a.spec.ClientID+" "+claims.ID, claims.ExpiresAt.Add(5*time.Minute), now) {
					return assertionReplayed()
				}
				return nil
			}
		}
	}
	return assertionAudience()
}

// appClaims builds the token's content from what the tenant has consented to.
func (t *directory) appClaims(a *app, now time.Time) (*appClaims, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sp, ok := t.Principals[a.spec.ClientID]
	if !ok {
		return nil, unknownApp(a.spec.ClientID, t.id)
	}
	if now.Before(sp.Created.Add(time.Duration(t.Settings.Delays.ConsentPrincipal))) {
		return nil, missingPrincipal(a.spec.ClientID, t.id)
	}
	if sp.Disabled {
		return nil, disabledApp(a.spec.ClientID, t.id)
	}
	return &appClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: "https://sts.windows.net/" + t.id + "/", Subject: sp.ID, Audience: jwt.ClaimStrings{graphAudience}, ID: uuid.NewString(),
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(tokenLifetime)),
		},
		TenantID: t.id, AppID: a.spec.ClientID, ObjectID: sp.ID, Roles: t.granted(sp, now), IDType: "app",
		WIDs: t.rolesSeen(sp.ID, now), Version: "1.0",
	}, nil
}
