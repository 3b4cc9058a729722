package passkey

import (
	"net/http"
	"time"

	"hourglass/internal/access"
)

// The names are fixed by what they promise: see "Cookies" in the package documentation.
const (
	SessionCookieName  = "__Host-hourglass"
	CeremonyCookieName = "__Host-hourglass-ceremony"
)

// SessionCookie carries a session; it is set with the answer to a finished sign-in or enrolment.
func SessionCookie(in SignedIn) *http.Cookie { return cookie(SessionCookieName, in.Token, 0) }

// CeremonyCookie carries a ceremony that has begun.
func CeremonyCookie(token access.Secret) *http.Cookie {
	return cookie(CeremonyCookieName, token, ceremonyTTL)
}

// NoSessionCookie and NoCeremonyCookie take the cookies away again.
func NoSessionCookie() *http.Cookie { return cookie(SessionCookieName, access.Secret{}, -time.Second) }
func NoCeremonyCookie() *http.Cookie {
	return cookie(CeremonyCookieName, access.Secret{}, -time.Second)
}

func cookie(name string, token access.Secret, lifetime time.Duration) *http.Cookie {
	return &http.Cookie{
		Name:     name,
		Value:    token.Reveal(),
		Path:     "/",
		MaxAge:   int(lifetime / time.Second),
		Secure:   true,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	}
}

func cookieValue(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
