package entrasim

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// anyTenant are the addresses under which people of every tenant sign in.
var anyTenant = []string{"organizations", "common"}

// adminHosts are the host names of the real admin centres, for browsers to which they are mapped; whether the address may name
// the tenant, so that several tenants are open side by side in one browser. The others keep one account.
var adminHosts = map[string]bool{
	"entra.microsoft.com": true, "portal.azure.com": true, "intune.microsoft.com": true,
	"admin.microsoft.com": false, "admin.exchange.microsoft.com": false, "admin.teams.microsoft.com": false, "security.microsoft.com": false,
}

// signInPage is GET /{tenant}/oauth2/v2.0/authorize and GET /{tenant}/signin: the one page of all steps.
func (s *Sim) signInPage(w http.ResponseWriter, r *http.Request) {
	tenant, query := r.PathValue("tenant"), r.URL.Query()
	if _, ok := s.tenantOf(tenant); !ok && !slices.Contains(anyTenant, tenant) {
		s.failurePage(w, unknownTenant(tenant))
		return
	}
	back := query.Get("redirect_uri")
	if back == "" {
		back = query.Get("return")
	}
	if back == "" {
		back = s.adminURL + "/signin-oidc"
	}
	if !s.isAdminCentre(back) {
		s.failurePage(w, &loginError{status: http.StatusBadRequest, code: 50011,
			message: "The redirect URI specified in the request does not match the redirect URIs configured for the application."})
		return
	}
	fl := &flow{tenant: tenant, back: back, state: query.Get("state")}
	view := map[string]any{"Flow": s.flows.begin(fl, s.now()), "Tenant": tenant, "Hint": query.Get("login_hint")}
	if query.Get("login_hint") == "" || query.Get("prompt") == "select_account" {
		view["Known"] = s.known(r)
	}
	s.page(w, http.StatusOK, "signin.html", view)
}

// signedOutPage ends what the browser has at the sign-in host: the names of accounts. Only admin centres have sessions.
func (s *Sim) signedOutPage(w http.ResponseWriter, _ *http.Request) {
	forgetKnown(w)
	s.page(w, http.StatusOK, "signedout.html", nil)
}

// isAdminCentre says whether an address belongs to the admin centre: by its own origin, or by Microsoft's names.
func (s *Sim) isAdminCentre(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return false
	}
	own, err := url.Parse(s.adminURL)
	_, theirs := adminHosts[u.Hostname()]
	return err == nil && u.Host == own.Host || theirs
}

// stepRequest is what the page's script sends.
type stepRequest struct {
	Flow, Action, Username, Secret, To string
	Stay                               bool
}

// stepAnswer tells the page what to show.
type stepAnswer struct {
	View        string `json:"view,omitempty"`
	DisplayName string `json:"displayName"`
	HasPass     bool   `json:"hasPass,omitempty"`
	Error       string `json:"error,omitempty"`
	Redirect    string `json:"redirect,omitempty"`
}

func (s *Sim) signInStep(w http.ResponseWriter, r *http.Request) {
	var req stepRequest
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || json.NewDecoder(r.Body).Decode(&req) != nil {
		writeJSON(w, http.StatusBadRequest, stepAnswer{View: "blocked", Error: "The request is malformed."})
		return
	}
	fl, ok := s.flows.find(req.Flow, s.now())
	if !ok || fl.consent != nil {
		writeJSON(w, http.StatusOK, stepAnswer{View: "blocked", Error: "Your sign-in timed out. Reload the page."})
		return
	}
	fl.mu.Lock()
	defer fl.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	switch req.Action {
	case "username":
		writeJSON(w, http.StatusOK, s.stepUsername(fl, strings.TrimSpace(req.Username)))
	case "switch", "password", "pass", "code":
		if fl.user == nil {
			writeJSON(w, http.StatusOK, stepAnswer{View: "username"})
			return
		}
		writeJSON(w, http.StatusOK, s.stepSecret(fl, req, clientIP(r)))
	case "kmsi":
		answer := s.stepStay(fl, req)
		if answer.Redirect != "" {
			s.remember(w, r, fl.upn)
		}
		writeJSON(w, http.StatusOK, answer)
	default:
		writeJSON(w, http.StatusBadRequest, stepAnswer{View: "blocked", Error: "The request is malformed."})
	}
}

// stepUsername finds the account and decides which secret the page asks for: a usable pass first.
func (s *Sim) stepUsername(fl *flow, upn string) stepAnswer {
	fl.user, fl.opened, fl.password = nil, nil, ""
	unknown := stepAnswer{View: "username", DisplayName: upn, Error: messageOf(ErrUnknownUser)}
	_, domain, _ := strings.Cut(upn, "@")
	t, ok := s.tenantOf(domain)
	if !ok {
		return unknown
	}
	if at, fixed := s.tenantOf(fl.tenant); fixed && at != t {
		return unknown
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.byName(upn)
	if u == nil {
		return unknown
	}
	fl.user, fl.upn = t, u.UPN
	if t.passOffered(u, s.now()) {
		return stepAnswer{View: "pass", DisplayName: u.UPN}
	}
	if t.federated(u) {
		return stepAnswer{View: "blocked", DisplayName: u.UPN, Error: messageOf(ErrFederated)}
	}
	return stepAnswer{View: "password", DisplayName: u.UPN}
}

// stepSecret checks a password, a pass or a code.
func (s *Sim) stepSecret(fl *flow, req stepRequest, ip string) stepAnswer {
	t, now := fl.user, s.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.byName(fl.upn)
	if u == nil {
		return stepAnswer{View: "username", Error: messageOf(ErrUnknownUser)}
	}
	next := stepAnswer{DisplayName: fl.upn, HasPass: t.passOffered(u, now)}
	kind, secret, code := passwordSecret, req.Secret, ""
	switch req.Action {
	case "switch":
		next.View = "password"
		if req.To == "pass" && next.HasPass {
			next.View = "pass"
		}
		return next
	case "pass":
		kind = passSecret
	case "code":
		secret, code = fl.password, req.Secret
	}
	opened, err := t.authenticate(fl.upn, secret, kind, code, ip, now)
	t.changed()
	next.View = req.Action
	switch {
	case err == nil:
		fl.opened, fl.password = opened, ""
		next.View = "kmsi"
	case errors.Is(err, ErrCodeNeeded):
		fl.password = secret
		next.View = "code"
	case errors.Is(err, ErrMoreNeeded):
		next.View = "more"
	default:
		next.Error = messageOf(err)
	}
	return next
}

// stepStay sends the browser on with a one-time code, whatever the answer was: "No" only makes the cookie end with the browser.
func (s *Sim) stepStay(fl *flow, req stepRequest) stepAnswer {
	if fl.opened == nil {
		return stepAnswer{View: "username"}
	}
	t, now := fl.user, s.now()
	s.flows.end(req.Flow)
	back, err := url.Parse(fl.back)
	if err != nil {
		return stepAnswer{View: "blocked", Error: "The return address is malformed."}
	}
	back.Path = "/signin-oidc"
	query := url.Values{"code": {s.flows.issue(handover{issued: now, tenant: t, cookie: fl.opened.cookie, stay: req.Stay})}}
	if fl.state != "" {
		query.Set("state", fl.state)
	}
	back.RawQuery, back.Fragment = query.Encode(), ""
	return stepAnswer{Redirect: back.String()}
}

func (t *directory) passOffered(u *user, now time.Time) bool {
	pass := u.pass()
	if pass == nil {
		return false
	}
	usable, _ := t.usability(u, pass.Pass, now)
	return usable
}

// messageOf is how the page words a refusal: the disabled account with its number, as Microsoft does.
func messageOf(err error) string {
	var e *signInError
	if !errors.As(err, &e) {
		return "Something went wrong."
	}
	if err == ErrDisabled {
		return e.message + " (AADSTS50057)"
	}
	return e.message
}

func clientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
