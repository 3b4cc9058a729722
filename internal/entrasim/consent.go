package entrasim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// consentRequest is an admin consent that waits for an administrator.
type consentRequest struct {
	app      *app
	redirect string
	v2       bool
	scope    string
}

// consentAdmins are the roles that may grant application permissions of Graph.
var consentAdmins = []string{RoleGlobalAdministrator, RolePrivilegedRoleAdministrator}

// consentEntry is GET /{tenant}/adminconsent (v1) and /{tenant}/v2.0/adminconsent. What cannot be trusted to lead back to
// the app - an unknown client or a redirect URI that is not registered - ends on a page, everything else on a redirect.
func (s *Sim) consentEntry(v2 bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tenant, query := r.PathValue("tenant"), r.URL.Query()
		if _, ok := s.tenantOf(tenant); !ok && tenant != "organizations" {
			s.failurePage(w, unknownTenant(tenant))
			return
		}
		a, ok := s.app(query.Get("client_id"))
		if !ok {
			s.failurePage(w, unknownApp(query.Get("client_id"), tenant))
			return
		}
		req := &consentRequest{app: a, redirect: query.Get("redirect_uri"), v2: v2, scope: query.Get("scope")}
		if !slices.Contains(a.spec.RedirectURIs, req.redirect) {
			s.failurePage(w, &loginError{status: http.StatusBadRequest, code: 50011,
				message: "The redirect URI '" + req.redirect + "' specified in the request does not match the redirect URIs configured for the application '" + a.spec.ClientID + "'."})
			return
		}
		fl := &flow{tenant: tenant, state: query.Get("state"), consent: req}
		if v2 && !scopeIsGraphDefault(req.scope) {
			fl.redirect(w, r, url.Values{"admin_consent": {"True"}, "error": {"invalid_scope"}, "error_description": {badScope(req.scope).Error()}})
			return
		}
		s.consentPage(w, s.flows.begin(fl, s.now()), fl, "", "")
	}
}

// consentPage shows the sign-in form, or after it (fl.user is set) the permissions.
func (s *Sim) consentPage(w http.ResponseWriter, token string, fl *flow, upn, failure string) {
	data := map[string]any{"Flow": token, "UPN": upn, "Error": failure, "App": fl.consent.app.spec.Name}
	if fl.user != nil {
		data["Permissions"], data["TenantName"] = fl.consent.app.spec.Permissions, fl.user.Name
	} else if t, ok := s.tenantOf(fl.tenant); ok {
		data["Admins"] = s.adminsOf(t)
	}
	s.page(w, http.StatusOK, "consent.html", data)
}

func (s *Sim) adminsOf(t *directory) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []string
	for _, u := range t.users() {
		if u.Enabled && t.isConsentAdmin(u, s) {
			list = append(list, u.UPN)
		}
	}
	return list
}

func (t *directory) isConsentAdmin(u *user, s *Sim) bool {
	return slices.ContainsFunc(t.rolesSeen(u.ID, s.now()), func(role string) bool { return slices.Contains(consentAdmins, role) })
}

// consentSignIn checks the administrator. Multi-factor authentication is not imitated here.
func (s *Sim) consentSignIn(w http.ResponseWriter, r *http.Request) {
	token, fl, ok := s.consentFlow(w, r)
	if !ok {
		return
	}
	fl.mu.Lock()
	defer fl.mu.Unlock()
	upn := strings.TrimSpace(r.PostForm.Get("loginfmt"))
	_, domain, _ := strings.Cut(upn, "@")
	t, ok := s.tenantOf(domain)
	if at, fixed := s.tenantOf(fl.tenant); !ok || fixed && at != t {
		s.consentPage(w, token, fl, upn, messageOf(ErrUnknownUser))
		return
	}
	failure := ""
	t.mu.Lock()
	switch u := t.byName(upn); {
	case u == nil:
		failure = messageOf(ErrUnknownUser)
	case !u.Password.matches(r.PostForm.Get("passwd")):
		failure = messageOf(ErrWrongPassword)
	case !u.Enabled:
		failure = messageOf(ErrDisabled)
	case !t.isConsentAdmin(u, s):
		failure = "Need admin approval: only an administrator can grant these permissions. (AADSTS90094)"
	default:
		fl.user, fl.upn = t, u.UPN
	}
	t.mu.Unlock()
	s.consentPage(w, token, fl, upn, failure)
}

// consentDecision is Accept or Cancel.
func (s *Sim) consentDecision(w http.ResponseWriter, r *http.Request) {
	token, fl, ok := s.consentFlow(w, r)
	if !ok {
		return
	}
	fl.mu.Lock()
	defer fl.mu.Unlock()
	if fl.user == nil {
		s.consentPage(w, token, fl, "", "")
		return
	}
	s.flows.end(token)
	req := fl.consent
	if r.PostForm.Get("decision") != "accept" {
		if req.v2 {
			fl.redirect(w, r, url.Values{"admin_consent": {"True"}, "error": {"consent_required"},
				"error_description": {"AADSTS65004: User declined to consent to access the app."}})
		} else {
			fl.redirect(w, r, url.Values{"error": {"permission_denied"}, "error_description": {"The admin canceled the request"}})
		}
		return
	}
	t := fl.user
	t.mu.Lock()
	by := initiator{UPN: fl.upn}
	if u := t.byName(fl.upn); u != nil {
		by.UserID, by.Name = u.ID, text(u.Props["displayName"])
	}
	t.consent(req.app, req.app.spec.Permissions, s.now(), by)
	t.mu.Unlock()
	t.changed()
	result := url.Values{"admin_consent": {"True"}, "tenant": {t.id}}
	if req.v2 {
		result.Set("scope", req.scope)
	}
	fl.redirect(w, r, result)
}

func (s *Sim) consentFlow(w http.ResponseWriter, r *http.Request) (string, *flow, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	token := ""
	if err := r.ParseForm(); err == nil {
		token = r.PostForm.Get("flow")
	}
	fl, ok := s.flows.find(token, s.now())
	if !ok || fl.consent == nil {
		s.failurePage(w, &loginError{status: http.StatusBadRequest, code: 50168, message: "Your request timed out. Start again from the application."})
		return "", nil, false
	}
	return token, fl, true
}

// redirect sends the browser back to the app with the result and the app's own state.
func (fl *flow) redirect(w http.ResponseWriter, r *http.Request, result url.Values) {
	back, err := url.Parse(fl.consent.redirect)
	if err != nil {
		http.Error(w, "the redirect URI is malformed", http.StatusBadRequest)
		return
	}
	query := back.Query()
	for name := range result {
		query.Set(name, result.Get(name))
	}
	if fl.state != "" {
		query.Set("state", fl.state)
	}
	back.RawQuery = query.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}
