package entrasim

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Licence is what a tenant has bought; it decides which APIs answer.
type Licence string

// The licences, each with what the one before it has.
const (
	Free Licence = "Free"
	P1   Licence = "P1" // sign-in logs
	P2   Licence = "P2" // role schedules (PIM)
)

// PasswordRule is the reading of Microsoft's rule about app-only password resets and session revocation.
type PasswordRule string

const (
	// PasswordRuleStrict is the documentation's: an app also needs a directory role, at least User Administrator,
	// to set passwordProfile on anybody; and one that outranks the target to revoke a privileged user's sessions.
	PasswordRuleStrict PasswordRule = "strict"
	// PasswordRuleObserved is what people measured: the permission alone is enough while the target holds no role.
	PasswordRuleObserved PasswordRule = "observed"
)

// DomainSpec is one domain of a tenant.
type DomainSpec struct {
	Name       string `json:"name"`
	Unverified bool   `json:"unverified,omitempty"`
	Federated  bool   `json:"federated,omitempty"` // signs in elsewhere: passwords cannot be used
	Default    bool   `json:"default,omitempty"`
	Initial    bool   `json:"initial,omitempty"` // the ...onmicrosoft.com one
}

// TAPPolicy is the tenant's Temporary Access Pass policy; lifetimes in minutes. Zero numbers become Microsoft's
// defaults: minimum 60, maximum 480, default 60, length 8.
type TAPPolicy struct {
	Enabled        bool `json:"enabled"`
	MinMinutes     int  `json:"minMinutes,omitempty"`
	MaxMinutes     int  `json:"maxMinutes,omitempty"`
	DefaultMinutes int  `json:"defaultMinutes,omitempty"`
	Length         int  `json:"length,omitempty"`
	// OneTimeOnly forbids passes that can be used more than once.
	OneTimeOnly bool `json:"oneTimeOnly,omitempty"`
	// IncludeGroups limits who can sign in with a pass to members of these groups; empty: all users.
	IncludeGroups []string `json:"includeGroups,omitempty"`
	// ExcludeGroups are left out of it.
	ExcludeGroups []string `json:"excludeGroups,omitempty"`
}

func (p TAPPolicy) withDefaults() TAPPolicy {
	for _, d := range []struct {
		field *int
		value int
	}{{&p.MinMinutes, 60}, {&p.MaxMinutes, 480}, {&p.DefaultMinutes, 60}, {&p.Length, 8}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return p
}

// Delays are the ways in which Microsoft's directory lags behind itself. Zero: at once.
type Delays struct {
	// ReadAfterWrite and ReadAfterWriteCount hide a new user: for a time, or for that many look-ups; whichever ends later.
	ReadAfterWrite      Duration `json:"readAfterWrite,omitempty"`
	ReadAfterWriteCount int      `json:"readAfterWriteCount,omitempty"`
	// RoleRemoval keeps a removed role in lists and in the privileged-target rule.
	RoleRemoval Duration `json:"roleRemoval,omitempty"`
	// PIM is how long role schedules do not know a new principal.
	PIM Duration `json:"pim,omitempty"`
	// AuditLog hides new rows of directoryAudits and signIns.
	AuditLog Duration `json:"auditLog,omitempty"`
	// ConsentPrincipal: after consent, tokens are refused (AADSTS7000229). ConsentRoles: after that, tokens lack the new roles.
	ConsentPrincipal Duration `json:"consentPrincipal,omitempty"`
	ConsentRoles     Duration `json:"consentRoles,omitempty"`
}

// Duration is a time.Duration that JSON spells as "90s".
type Duration time.Duration

// MarshalText spells the duration as Go does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads Go's spelling.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// Settings are what a test can change in a tenant while it runs.
type Settings struct {
	Licence          Licence      `json:"licence"`
	TAPPolicy        TAPPolicy    `json:"tapPolicy"`
	SecurityDefaults bool         `json:"securityDefaults"`
	PasswordRule     PasswordRule `json:"passwordRule"`
	Delays           Delays       `json:"delays"`
}

// TenantSpec describes a new tenant. ID may be empty. DefaultDomain is its initial domain, e.g. contoso.onmicrosoft.com.
type TenantSpec struct {
	ID            string       `json:"id"`
	Name          string       `json:"name"`
	DefaultDomain string       `json:"defaultDomain"`
	Domains       []DomainSpec `json:"domains,omitempty"`
	Settings
}

// directory is one tenant. Its lock is held for the few microseconds of one operation, never across a delay.
type directory struct {
	mu     sync.Mutex
	id     string // never changes: readable without the lock
	hidden map[string]hiding
	*state
	changed func()
}

// state is everything of a tenant that survives a restart.
type state struct {
	ID       string
	Name     string
	Created  time.Time
	Domains  []DomainSpec
	Settings Settings

	Users         map[string]*user // by id
	Deleted       map[string]*user
	Groups        map[string]*group
	Principals    map[string]*servicePrincipal // by client id
	CustomRoles   map[string]*customRole
	Withheld      map[string]bool         // built-in roles that have not come to the tenant, by id
	Assignments   map[string]*assignment  // by id; with and without an end
	Eligibilities map[string]*eligibility // by id
	Requests      []*scheduleRequest
	Audits        []*auditRow
	SignIns       []*signInRow
	Sessions      map[string]*session // by SHA-256 of the cookie
}

// AddTenant makes a directory. The id and the domains must be new.
func (s *Sim) AddTenant(spec TenantSpec) error {
	if spec.ID == "" {
		spec.ID = uuid.NewString()
	}
	if spec.DefaultDomain == "" {
		return errors.New("entrasim: a tenant needs a DefaultDomain")
	}
	if spec.Licence == "" {
		spec.Licence = Free
	}
	if spec.PasswordRule == "" {
		spec.PasswordRule = PasswordRuleStrict
	}
	spec.TAPPolicy = spec.TAPPolicy.withDefaults()
	domains := append([]DomainSpec{{Name: spec.DefaultDomain, Initial: true}}, spec.Domains...)
	if !slices.ContainsFunc(domains, func(d DomainSpec) bool { return d.Default }) {
		domains[0].Default = true
	}
	s.mu.RLock()
	_, taken := s.tenants[strings.ToLower(spec.ID)]
	for _, d := range domains {
		_, used := s.domains[strings.ToLower(d.Name)]
		taken = taken || used
	}
	s.mu.RUnlock()
	if taken {
		return fmt.Errorf("entrasim: tenant %s: its id or a domain exists already", spec.ID)
	}
	s.adopt(&state{ID: strings.ToLower(spec.ID), Name: spec.Name, Created: s.now(), Domains: domains, Settings: spec.Settings})
	t, _ := s.tenantOf(spec.ID)
	t.changed()
	return nil
}

// adopt puts a new or a loaded state into service.
func (s *Sim) adopt(st *state) {
	initMap(&st.Users)
	initMap(&st.Deleted)
	initMap(&st.Groups)
	initMap(&st.Principals)
	initMap(&st.CustomRoles)
	initMap(&st.Assignments)
	initMap(&st.Eligibilities)
	initMap(&st.Sessions)
	t := &directory{id: st.ID, hidden: map[string]hiding{}, state: st}
	file := filepath.Join(tenantsDirName, st.ID+".json")
	t.changed = func() {
		s.store.changed(file, func() any {
			t.mu.Lock()
			defer t.mu.Unlock()
			raw, err := json.Marshal(t.state)
			if err != nil {
				s.log.Error("state was not encoded", "tenant", t.id, "error", err)
			}
			return json.RawMessage(raw)
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenants[st.ID] = t
	for _, d := range st.Domains {
		if !d.Unverified {
			s.domains[strings.ToLower(d.Name)] = t
		}
	}
}

func initMap[V any](m *map[string]V) {
	if *m == nil {
		*m = map[string]V{}
	}
}

// in runs f with the tenant locked and has its state written if f succeeds.
func (s *Sim) in(tenantKey string, f func(t *directory) error) error {
	t, ok := s.tenantOf(tenantKey)
	if !ok {
		return fmt.Errorf("entrasim: no tenant %s", tenantKey)
	}
	t.mu.Lock()
	err := f(t)
	t.mu.Unlock()
	if err == nil {
		t.changed()
	}
	return err
}

// Change alters a tenant's settings while it runs; f gets the present ones. tenant is an id or a domain.
func (s *Sim) Change(tenant string, f func(*Settings)) error {
	return s.in(tenant, func(t *directory) error {
		f(&t.Settings)
		t.Settings.TAPPolicy = t.Settings.TAPPolicy.withDefaults()
		return nil
	})
}

// SetLicence changes what the tenant has bought.
func (s *Sim) SetLicence(tenant string, l Licence) error {
	return s.Change(tenant, func(c *Settings) { c.Licence = l })
}

// SetTAPPolicy changes the Temporary Access Pass policy.
func (s *Sim) SetTAPPolicy(tenant string, p TAPPolicy) error {
	return s.Change(tenant, func(c *Settings) { c.TAPPolicy = p })
}

// SetSecurityDefaults switches Microsoft's security defaults.
func (s *Sim) SetSecurityDefaults(tenant string, on bool) error {
	return s.Change(tenant, func(c *Settings) { c.SecurityDefaults = on })
}

// SetPasswordRule changes the reading of the app-only password rule.
func (s *Sim) SetPasswordRule(tenant string, r PasswordRule) error {
	return s.Change(tenant, func(c *Settings) { c.PasswordRule = r })
}

// SetDelays changes how the directory lags behind itself, for what happens from now on.
func (s *Sim) SetDelays(tenant string, d Delays) error {
	return s.Change(tenant, func(c *Settings) { c.Delays = d })
}

// AddDomain adds a domain to a tenant, as an administrator would.
func (s *Sim) AddDomain(tenant string, d DomainSpec) error {
	t, ok := s.tenantOf(tenant)
	_, taken := s.tenantOf(d.Name)
	if !ok || taken {
		return fmt.Errorf("entrasim: no tenant %s, or domain %s exists already", tenant, d.Name)
	}
	if !d.Unverified {
		s.mu.Lock()
		s.domains[strings.ToLower(d.Name)] = t
		s.mu.Unlock()
	}
	return s.in(tenant, func(t *directory) error {
		t.Domains = append(t.Domains, d)
		return nil
	})
}

// SetFederated makes users of a domain sign in elsewhere, or at Microsoft again. Nobody federates the initial domain.
func (s *Sim) SetFederated(domain string, federated bool) error {
	return s.in(domain, func(t *directory) error {
		for i, d := range t.Domains {
			if strings.EqualFold(d.Name, domain) && !d.Initial {
				t.Domains[i].Federated = federated
				return nil
			}
		}
		return fmt.Errorf("entrasim: %s is no domain that can be federated", domain)
	})
}

func (t *directory) domain(name string) (DomainSpec, bool) {
	for _, d := range t.Domains {
		if strings.EqualFold(d.Name, name) {
			return d, true
		}
	}
	return DomainSpec{}, false
}

func (t *directory) premium(l Licence) bool {
	return t.Settings.Licence == P2 || t.Settings.Licence == l
}
