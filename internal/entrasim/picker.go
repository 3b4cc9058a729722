package entrasim

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// knownCookie names who has signed in with this browser, newest first: user names, no proof of anything. Microsoft keeps the
// same, and shows it as "Pick an account".
const knownCookie = "standin_known"

const knownAtMost = 8

// known are the accounts of the browser's cookie that there are.
func (s *Sim) known(r *http.Request) []string {
	cookie, err := r.Cookie(knownCookie)
	if err != nil {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(string(raw), "\n") {
		_, domain, _ := strings.Cut(name, "@")
		if _, ok := s.tenantOf(domain); ok && len(names) < knownAtMost {
			names = append(names, name)
		}
	}
	return names
}

// remember adds who has just signed in.
func (s *Sim) remember(w http.ResponseWriter, r *http.Request, upn string) {
	names := append([]string{upn}, slices.DeleteFunc(s.known(r), func(name string) bool { return name == upn })...)
	http.SetCookie(w, knownCookieOf(base64.RawURLEncoding.EncodeToString([]byte(strings.Join(names, "\n"))), 0))
}

func forgetKnown(w http.ResponseWriter) { http.SetCookie(w, knownCookieOf("", -1)) }

func knownCookieOf(value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: knownCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
}
