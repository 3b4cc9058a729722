package entrasim

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// adminCookie names the admin centre's session; its value is "<tenant id>.<secret>". Where tenants are side by side, "_<tenant id>"
// is behind the name.
const adminCookie = "standin_admin"

// adminHandler is the admin centre: one page that tells who is signed in, with which roles, and until when.
func (s *Sim) adminHandler() http.Handler {
	mux := http.NewServeMux()
	assets(mux)
	mux.HandleFunc("GET /signin-oidc", s.adminHandover)
	for _, base := range []string{"", "/{tenant}"} {
		mux.HandleFunc("GET "+base+"/session", s.adminSession)
		mux.HandleFunc("POST "+base+"/signout", s.adminSignOut)
	}
	mux.HandleFunc("GET /favicon.ico", http.NotFound)
	mux.HandleFunc("GET /", s.adminPage)
	return mux
}

// adminView is what the page and its script show.
type adminView struct {
	UPN      string   `json:"upn"`
	Tenant   string   `json:"tenant"`
	TenantID string   `json:"tenantId"`
	Roles    []string `json:"roles"`
	Expires  string   `json:"expires"`
	Ended    string   `json:"ended,omitempty"`
	Base     string   `json:"-"` // in front of this session's paths
}

// sessionPlace is which of the browser's sessions a request is about: its cookie, and what is in front of its paths.
func (s *Sim) sessionPlace(host, path string) (cookie, base string) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if t, ok := s.tenantNamed(path); ok && adminHosts[host] {
		return adminCookie + "_" + t.id, "/" + t.id
	}
	return adminCookie, ""
}

// tenantNamed is the tenant that the first segment of a path names, as in entra.microsoft.com/<tenant> or portal.azure.com/@<domain>.
func (s *Sim) tenantNamed(path string) (*directory, bool) {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return s.tenantOf(strings.TrimPrefix(first, "@"))
}

// adminView looks the session of a request up; false without a cookie that the stand-in knows.
func (s *Sim) adminView(r *http.Request) (adminView, bool) {
	name, base := s.sessionPlace(r.Host, r.URL.Path)
	cookie, err := r.Cookie(name)
	if err != nil {
		return adminView{}, false
	}
	tenantID, secret, _ := strings.Cut(cookie.Value, ".")
	t, ok := s.tenantOf(tenantID)
	if !ok {
		return adminView{}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := s.now()
	session, ok := t.Sessions[tokenSum(secret)]
	if !ok {
		return adminView{}, false
	}
	view := adminView{Tenant: t.Name, TenantID: t.id, Roles: []string{}, Expires: session.Expires.Format(time.RFC3339), Ended: t.dead(session, now), Base: base}
	if u := t.Users[session.UserID]; u != nil {
		view.UPN, view.Roles = u.UPN, t.rolesHeld(u.ID, now)
	}
	if view.Ended != "" {
		view.Roles = []string{}
	}
	return view, true
}

func (s *Sim) adminPage(w http.ResponseWriter, r *http.Request) {
	view, ok := s.adminView(r)
	again := r.URL.Query().Has("again") || r.URL.Query().Has("login_hint")
	if !ok || again && view.Ended != "" {
		http.Redirect(w, r, s.signInAddress(r), http.StatusFound)
		return
	}
	s.page(w, http.StatusOK, "admin.html", view)
}

// signInAddress is the sign-in page for this admin centre: on Microsoft's own name when the browser knows this one by
// Microsoft's, for the tenant that the path names.
func (s *Sim) signInAddress(r *http.Request) string {
	login := s.loginURL
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if _, theirs := adminHosts[host]; theirs {
		login = "https://login.microsoftonline.com"
	}
	tenant := "organizations"
	if t, ok := s.tenantNamed(r.URL.Path); ok {
		tenant = t.id
	}
	query := url.Values{"client_id": {adminCentreAppID}, "response_type": {"code"}, "redirect_uri": {"https://" + r.Host + "/signin-oidc"}}
	if hint := r.URL.Query().Get("login_hint"); hint != "" {
		query.Set("login_hint", hint)
	}
	if _, base := s.sessionPlace(r.Host, r.URL.Path); base != "" {
		query.Set("state", base)
	}
	return login + "/" + tenant + "/oauth2/v2.0/authorize?" + query.Encode()
}

// adminHandover takes the one-time code of a finished sign-in and sets the cookie: host-only, for this browser alone.
func (s *Sim) adminHandover(w http.ResponseWriter, r *http.Request) {
	h, ok := s.flows.redeem(r.URL.Query().Get("code"), s.now())
	if !ok {
		http.Redirect(w, r, "/", http.StatusFound)
		return
	}
	name, base := s.sessionPlace(r.Host, r.URL.Query().Get("state"))
	cookie := &http.Cookie{
		Name: name, Value: h.tenant.id + "." + h.cookie, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	}
	if h.stay {
		cookie.MaxAge = int(sessionLifetime / time.Second)
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, base+"/", http.StatusFound)
}

func (s *Sim) adminSession(w http.ResponseWriter, r *http.Request) {
	view, ok := s.adminView(r)
	if !ok {
		view = adminView{Roles: []string{}, Ended: "Nobody is signed in."}
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, view)
}

func (s *Sim) adminSignOut(w http.ResponseWriter, r *http.Request) {
	name, base := s.sessionPlace(r.Host, r.URL.Path)
	if cookie, err := r.Cookie(name); err == nil {
		tenantID, secret, _ := strings.Cut(cookie.Value, ".")
		if t, ok := s.tenantOf(tenantID); ok {
			t.mu.Lock()
			delete(t.Sessions, tokenSum(secret))
			t.mu.Unlock()
			t.changed()
		}
	}
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, HttpOnly: true, Secure: true})
	http.Redirect(w, r, base+"/", http.StatusSeeOther)
}
