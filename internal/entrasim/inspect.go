package entrasim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Account is a user as a test sees it: never the password or the pass.
type Account struct {
	ID             string    `json:"id"`
	UPN            string    `json:"userPrincipalName"`
	DisplayName    string    `json:"displayName"`
	EmployeeID     string    `json:"employeeId,omitempty"`
	AccountEnabled bool      `json:"accountEnabled"`
	Created        time.Time `json:"createdDateTime"`
	// Roles are the display names of the roles that are really held now: directly, by schedule or through a group.
	Roles []string `json:"roles"`
	// Eligible are those that it can activate, now or later.
	Eligible []string  `json:"eligibleRoles"`
	Groups   []string  `json:"groups"`
	Methods  []Method  `json:"methods"` // without the password
	Sessions []Session `json:"sessions"`

	PasswordChanged   time.Time `json:"lastPasswordChangeDateTime"`
	SessionsValidFrom time.Time `json:"signInSessionsValidFromDateTime"`
}

// Method is a sign-in method beside the password.
type Method struct {
	ID      string     `json:"id"`
	Kind    MethodKind `json:"kind"`
	Default bool       `json:"default,omitempty"`
	Usable  bool       `json:"usable"` // of a pass
	Ends    time.Time  `json:"ends,omitzero"`
}

// Session is a sign-in. Ended tells why it does not count any more; empty while it does.
type Session struct {
	ID      string    `json:"id"`
	UserID  string    `json:"userId"`
	UPN     string    `json:"userPrincipalName"`
	Opened  time.Time `json:"opened"`
	Expires time.Time `json:"expires"`
	ByPass  bool      `json:"byPass"`
	Ended   string    `json:"ended,omitempty"`
}

// look runs f with the tenant locked, without anything to write afterwards.
func (s *Sim) look(tenant string, f func(t *directory, now time.Time)) error {
	t, ok := s.tenantOf(tenant)
	if !ok {
		return fmt.Errorf("entrasim: no tenant %s", tenant)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t, s.now())
	return nil
}

// User finds an account by id, user name or employeeId; false if there is none.
func (s *Sim) User(tenant, key string) (Account, bool) {
	var a Account
	found := false
	err := s.look(tenant, func(t *directory, now time.Time) {
		if u := t.find(key); u != nil {
			a, found = t.account(u, now), true
		}
	})
	return a, found && err == nil
}

// Users lists the accounts of a tenant in the order of creation.
func (s *Sim) Users(tenant string) []Account {
	var list []Account
	_ = s.look(tenant, func(t *directory, now time.Time) {
		for _, u := range t.users() {
			list = append(list, t.account(u, now))
		}
	})
	return list
}

// CountByEmployeeID says how many accounts carry this employeeId, deleted ones not counted.
func (s *Sim) CountByEmployeeID(tenant, employeeID string) int {
	n := 0
	for _, a := range s.Users(tenant) {
		if a.EmployeeID == employeeID {
			n++
		}
	}
	return n
}

func (t *directory) account(u *user, now time.Time) Account {
	a := Account{
		ID: u.ID, UPN: u.UPN, DisplayName: text(u.Props["displayName"]), EmployeeID: text(u.Props["employeeId"]),
		AccountEnabled: u.Enabled, Created: u.Created, PasswordChanged: u.PasswordChanged, SessionsValidFrom: u.SessionsValidFrom,
		Roles: t.rolesHeld(u.ID, now), Eligible: []string{}, Groups: []string{}, Methods: []Method{}, Sessions: t.sessionsOf(u.ID, now),
	}
	for _, e := range t.eligibilities((*eligibility).lasts, now) {
		if e.PrincipalID == u.ID {
			a.Eligible = append(a.Eligible, t.roleName(e.RoleID))
		}
	}
	for _, g := range t.memberOf(u.ID, true) {
		a.Groups = append(a.Groups, g.Name)
	}
	for _, m := range u.Methods {
		out := Method{ID: m.ID, Kind: m.Kind, Default: m.Default, Usable: true}
		if m.Pass != nil {
			out.Usable, _ = t.usability(u, m.Pass, now)
			out.Ends = m.Pass.end()
		}
		a.Methods = append(a.Methods, out)
	}
	return a
}

// rolesHeld gives the names of the roles that a principal really holds now, without the tombstones of Delays.RoleRemoval.
func (t *directory) rolesHeld(principal string, now time.Time) []string {
	names := map[string]bool{}
	for _, a := range t.Assignments {
		g := t.Groups[a.PrincipalID]
		if a.current(now) && (a.PrincipalID == principal || g != nil && slices.Contains(g.Members, principal)) {
			names[t.roleName(a.RoleID)] = true
		}
	}
	list := slices.Sorted(maps.Keys(names))
	return append([]string{}, list...)
}

func (t *directory) sessionsOf(userID string, now time.Time) []Session {
	list := []Session{}
	for _, s := range t.Sessions {
		if s.UserID == userID {
			list = append(list, t.publicSession(s, now))
		}
	}
	slices.SortFunc(list, func(a, b Session) int { return a.Opened.Compare(b.Opened) })
	return list
}

func (t *directory) publicSession(s *session, now time.Time) Session {
	out := Session{ID: s.ID, UserID: s.UserID, Opened: s.Opened, Expires: s.Expires, ByPass: s.PassID != "", Ended: t.dead(s, now)}
	if u := t.Users[s.UserID]; u != nil {
		out.UPN = u.UPN
	}
	return out
}

// Session tells how a sign-in that TrySignIn returned is doing now.
func (s *Sim) Session(tenant, id string) (Session, bool) {
	var out Session
	found := false
	_ = s.look(tenant, func(t *directory, now time.Time) {
		for _, known := range t.Sessions {
			if known.ID == id {
				out, found = t.publicSession(known, now), true
			}
		}
	})
	return out, found
}

// Principal is an app inside a tenant.
type Principal struct {
	ID          string   `json:"id"`
	ClientID    string   `json:"clientId"`
	Permissions []string `json:"permissions"`
	Roles       []string `json:"roles"`
}

// ServicePrincipal tells what an app may do in a tenant; false without consent.
func (s *Sim) ServicePrincipal(tenant, clientID string) (Principal, bool) {
	var p Principal
	found := false
	_ = s.look(tenant, func(t *directory, now time.Time) {
		if sp, ok := t.Principals[clientID]; ok {
			p = Principal{ID: sp.ID, ClientID: sp.ClientID, Permissions: slices.Clone(sp.Permissions), Roles: t.rolesHeld(sp.ID, now)}
			found = true
		}
	})
	return p, found
}

// Audit is one row of the directory audit log, without Delays.AuditLog.
type Audit struct {
	At       time.Time `json:"at"`
	Activity string    `json:"activity"`
	ByApp    string    `json:"byApp,omitempty"`  // client id
	ByUser   string    `json:"byUser,omitempty"` // user name
	Targets  []string  `json:"targets"`          // object ids
}

// Audits gives a tenant's directory audit rows, oldest first.
func (s *Sim) Audits(tenant string) []Audit {
	list := []Audit{}
	_ = s.look(tenant, func(t *directory, _ time.Time) {
		for _, r := range t.Audits {
			row := Audit{At: r.At, Activity: r.Activity, ByApp: r.By.AppID, ByUser: r.By.UPN}
			for _, target := range r.Targets {
				row.Targets = append(row.Targets, target.ID)
			}
			list = append(list, row)
		}
	})
	return list
}

// TenantInfo is a tenant as a test sees it.
type TenantInfo struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Domains []DomainSpec `json:"domains"`
	Settings
}

// Tenants lists the tenants by name.
func (s *Sim) Tenants() []TenantInfo {
	s.mu.RLock()
	tenants := slices.Collect(maps.Values(s.tenants))
	s.mu.RUnlock()
	list := []TenantInfo{}
	for _, t := range tenants {
		t.mu.Lock()
		list = append(list, TenantInfo{ID: t.id, Name: t.Name, Domains: slices.Clone(t.Domains), Settings: t.Settings})
		t.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b TenantInfo) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return list
}

// TrySignIn does what a person at the sign-in page would: it checks the secret (a usable pass first, else the password),
// with all of Microsoft's rules, and opens a session. The error is one of the Err... values.
func (s *Sim) TrySignIn(tenant, upn, passwordOrPass string) (Session, error) {
	var out Session
	var refused error
	err := s.in(tenant, func(t *directory) error {
		now := s.now()
		opened, err := t.authenticate(upn, passwordOrPass, eitherSecret, "", "127.0.0.1", now)
		if err != nil {
			refused = err // the sign-in log has it: written all the same
			return nil
		}
		out = t.publicSession(opened, now)
		return nil
	})
	if err != nil {
		return Session{}, err
	}
	return out, refused
}
