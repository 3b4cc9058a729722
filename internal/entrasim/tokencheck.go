package entrasim

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenCache remembers the tokens whose signature was verified, for verifying RSA on every call would cost the benchmarks.
type tokenCache struct {
	mu     sync.RWMutex
	claims map[string]*appClaims
}

func newTokenCache() *tokenCache { return &tokenCache{claims: map[string]*appClaims{}} }

// verify gives the claims of a bearer token of now; every failure is one that Graph answers with 401.
func (s *Sim) verify(raw string, now time.Time) (*appClaims, error) {
	s.tokens.mu.RLock()
	claims := s.tokens.claims[raw]
	s.tokens.mu.RUnlock()
	if claims == nil {
		claims = &appClaims{}
		_, err := jwt.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return &s.signing.PublicKey, nil },
			jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithAudience(graphAudience))
		switch {
		case errors.Is(err, jwt.ErrTokenExpired):
			return nil, unauthorized("Lifetime validation failed, the token is expired.")
		case errors.Is(err, jwt.ErrTokenInvalidAudience):
			return nil, unauthorized("Access token validation failure. Invalid audience.")
		case err != nil:
			return nil, unauthorized("Access token validation failure.")
		}
		s.tokens.remember(raw, claims, now)
	}
	if !now.Before(claims.ExpiresAt.Time) {
		return nil, unauthorized("Lifetime validation failed, the token is expired.")
	}
	return claims, nil
}

func (c *tokenCache) remember(raw string, claims *appClaims, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.claims) >= 4096 {
		for old, claims := range c.claims {
			if !now.Before(claims.ExpiresAt.Time) {
				delete(c.claims, old)
			}
		}
	}
	if len(c.claims) >= 4096 {
		clear(c.claims)
	}
	c.claims[raw] = claims
}

func unauthorized(message string) *graphError {
	e := refuse(http.StatusUnauthorized, "InvalidAuthenticationToken", message)
	e.header = http.Header{"Www-Authenticate": {`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`}}
	return e
}

// onceSet remembers what may be used only once, until it would have expired anyway.
type onceSet struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

func newOnceSet() *onceSet { return &onceSet{seen: map[string]time.Time{}} }

func (o *onceSet) first(key string, until, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.seen) > 10000 {
		for k, end := range o.seen {
			if now.After(end) {
				delete(o.seen, k)
			}
		}
	}
	if end, ok := o.seen[key]; ok && now.Before(end) {
		return false
	}
	o.seen[key] = until
	return true
}
