package entrasim

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// AppSpec is an app registration: multi-tenant, known to the sign-in host, not yet to any tenant.
type AppSpec struct {
	ClientID string       `json:"clientId"`
	Name     string       `json:"displayName"`
	Secrets  []SecretSpec `json:"secrets,omitempty"`
	// Certificates are the PEM-encoded certificates that may sign client assertions.
	Certificates []string `json:"certificates,omitempty"`
	// Permissions are the application permissions of Graph that the app declares: what admin consent grants.
	Permissions  []string `json:"permissions"`
	RedirectURIs []string `json:"redirectUris,omitempty"`
}

// SecretSpec is a client secret. A zero Expires never does.
type SecretSpec struct {
	Value   string    `json:"value"`
	Expires time.Time `json:"expires,omitzero"`
}

// app is a registration with its certificates understood.
type app struct {
	spec AppSpec
}

// servicePrincipal is an app inside a tenant, as consent left it.
type servicePrincipal struct {
	ID, ClientID, Name string
	Created            time.Time
	Permissions        []string
	// Before and Changed tell which permissions tokens carry while a change of consent has not spread.
	Before  []string
	Changed time.Time
	// Disabled: an administrator has switched it off; it gets no new token.
	Disabled bool
}

// RegisterApp registers an app or replaces the registration with the same client id.
func (s *Sim) RegisterApp(spec AppSpec) error {
	if spec.ClientID == "" {
		return errors.New("entrasim: an app needs a client id")
	}
	for _, raw := range spec.Certificates {
		if _, err := parseCertificate(raw); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.apps[spec.ClientID] = &app{spec: spec}
	s.mu.Unlock()
	s.store.changed(appsFileName, func() any {
		s.mu.RLock()
		defer s.mu.RUnlock()
		var specs []AppSpec
		for _, id := range sortedKeys(s.apps) {
			specs = append(specs, s.apps[id].spec)
		}
		return specs
	})
	return nil
}

func (s *Sim) app(clientID string) (*app, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, ok := s.apps[clientID]
	return a, ok
}

func parseCertificate(raw string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(raw))
	if block == nil {
		return nil, errors.New("entrasim: an app's certificate is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("entrasim: an app's certificate: %w", err)
	}
	return cert, nil
}

// certificate finds the app's certificate by the thumbprint in an assertion's header: x5t#S256 or x5t.
// MSAL for Go writes standard base64, the RFC asks for the URL-safe one without padding: both are understood.
func (a *app) certificate(header map[string]any) *x509.Certificate {
	for _, raw := range a.spec.Certificates {
		cert, err := parseCertificate(raw)
		if err != nil {
			continue
		}
		sum256, sum1 := sha256.Sum256(cert.Raw), sha1.Sum(cert.Raw)
		if sameThumbprint(text(header["x5t#S256"]), sum256[:]) || sameThumbprint(text(header["x5t"]), sum1[:]) {
			return cert
		}
	}
	return nil
}

func sameThumbprint(encoded string, sum []byte) bool {
	encoded = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(encoded)
	return encoded == base64.RawURLEncoding.EncodeToString(sum)
}

// Consent gives the app its permissions in the tenant, as an administrator of it would on the consent page.
// Without permissions it grants all that the app declares.
func (s *Sim) Consent(tenant, clientID string, permissions ...string) error {
	a, ok := s.app(clientID)
	if !ok {
		return fmt.Errorf("entrasim: no app %s", clientID)
	}
	if len(permissions) == 0 {
		permissions = a.spec.Permissions
	}
	return s.in(tenant, func(t *directory) error {
		t.consent(a, permissions, s.now(), byHand)
		return nil
	})
}

func (t *directory) consent(a *app, permissions []string, now time.Time, by initiator) {
	sp, ok := t.Principals[a.spec.ClientID]
	if !ok {
		sp = &servicePrincipal{ID: uuid.NewString(), ClientID: a.spec.ClientID, Name: a.spec.Name, Created: now}
		t.Principals[sp.ClientID] = sp
	}
	sp.Before, sp.Changed = sp.Permissions, now
	sp.Permissions = slices.Clone(permissions)
	t.audit(now, by, "Consent to application", "ApplicationManagement", "Assign",
		auditTarget{Type: "ServicePrincipal", ID: sp.ID, DisplayName: sp.Name})
}

// RevokeConsent removes the app from the tenant with everything that it holds. Tokens that it has live on until they expire.
func (s *Sim) RevokeConsent(tenant, clientID string) error {
	return s.in(tenant, func(t *directory) error {
		sp, ok := t.Principals[clientID]
		if !ok {
			return fmt.Errorf("entrasim: app %s has no service principal in %s", clientID, tenant)
		}
		delete(t.Principals, clientID)
		now := s.now()
		for id, a := range t.Assignments {
			if a.PrincipalID == sp.ID {
				delete(t.Assignments, id)
			}
		}
		t.audit(now, byHand, "Remove service principal", "ApplicationManagement", "Delete",
			auditTarget{Type: "ServicePrincipal", ID: sp.ID, DisplayName: sp.Name})
		return nil
	})
}

// RevokePermissions takes single permissions away; new tokens lack them at once.
func (s *Sim) RevokePermissions(tenant, clientID string, permissions ...string) error {
	return s.in(tenant, func(t *directory) error {
		sp, ok := t.Principals[clientID]
		if !ok {
			return fmt.Errorf("entrasim: app %s has no service principal in %s", clientID, tenant)
		}
		sp.Permissions = slices.DeleteFunc(sp.Permissions, func(p string) bool { return slices.Contains(permissions, p) })
		sp.Before, sp.Changed = sp.Permissions, time.Time{}
		return nil
	})
}

// DisableApp switches an app off in the tenant, or on again. Tokens that it has live on until they expire.
func (s *Sim) DisableApp(tenant, clientID string, disabled bool) error {
	return s.in(tenant, func(t *directory) error {
		sp, ok := t.Principals[clientID]
		if !ok {
			return fmt.Errorf("entrasim: app %s has no service principal in %s", clientID, tenant)
		}
		sp.Disabled = disabled
		t.audit(s.now(), byHand, "Update service principal", "ApplicationManagement", "Update",
			auditTarget{Type: "ServicePrincipal", ID: sp.ID, DisplayName: sp.Name})
		return nil
	})
}

// granted is what a token of now carries.
func (t *directory) granted(sp *servicePrincipal, now time.Time) []string {
	d := t.Settings.Delays
	if now.Before(sp.Changed.Add(time.Duration(d.ConsentPrincipal) + time.Duration(d.ConsentRoles))) {
		return sp.Before
	}
	return sp.Permissions
}
