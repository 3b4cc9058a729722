package entrasim

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"
)

// passwordMethodID is the id that Microsoft gives to everybody's password method.
const passwordMethodID = "28c10230-6103-485e-b985-444c60001490"

// MethodKind is a kind of sign-in method by the name of its Graph collection.
type MethodKind string

// The kinds of sign-in methods beside the password.
const (
	Phone              MethodKind = "phoneMethods"
	Authenticator      MethodKind = "microsoftAuthenticatorMethods"
	SoftwareOATH       MethodKind = "softwareOathMethods"
	HardwareOATH       MethodKind = "hardwareOathMethods"
	FIDO2              MethodKind = "fido2Methods"
	WindowsHello       MethodKind = "windowsHelloForBusinessMethods"
	PlatformCredential MethodKind = "platformCredentialMethods"
	Email              MethodKind = "emailMethods"
	TemporaryPass      MethodKind = "temporaryAccessPassMethods"
	External           MethodKind = "externalAuthenticationMethods"
)

// methodKind says how a kind looks on the wire. fields are its properties beside id; values are filled in when seeded.
type methodKind struct {
	typeName string // @odata.type suffix
	family   string // of the least-privileged permission, UserAuthMethod-<family>.ReadWrite.All
	mfa      bool   // can be the default method for the second factor
	fields   object
}

var methodKinds = map[MethodKind]methodKind{
	Phone: {"phoneAuthenticationMethod", "Phone", true,
		object{"phoneNumber": "+1 5550100", "phoneType": "mobile", "smsSignInState": "notAllowedByPolicy"}},
	Authenticator: {"microsoftAuthenticatorAuthenticationMethod", "MicrosoftAuthApp", true,
		object{"displayName": "Phone", "deviceTag": "SoftwareTokenActivated", "phoneAppVersion": "6.2", "createdDateTime": nil}},
	SoftwareOATH: {"softwareOathAuthenticationMethod", "SoftwareOATH", true, object{"secretKey": nil}},
	HardwareOATH: {"hardwareOathAuthenticationMethod", "HardwareOATH", true, object{}},
	FIDO2: {"fido2AuthenticationMethod", "Passkey", false,
		object{"displayName": "Key", "aaGuid": nil, "model": "Key", "attestationLevel": "attested", "createdDateTime": nil}},
	WindowsHello: {"windowsHelloForBusinessAuthenticationMethod", "WindowsHello", false,
		object{"displayName": "Laptop", "keyStrength": "normal", "createdDateTime": nil}},
	PlatformCredential: {"platformCredentialAuthenticationMethod", "PlatformCred", false,
		object{"displayName": "Mac", "keyStrength": "normal", "platform": "macOS", "createdDateTime": nil}},
	Email: {"emailAuthenticationMethod", "Email", false, object{"emailAddress": "ada@personal.example"}},
	External: {"externalAuthenticationMethod", "External", false,
		object{"displayName": "Other provider", "configurationId": nil, "createdDateTime": nil}},
	TemporaryPass: {"temporaryAccessPassAuthenticationMethod", "TAP", false, nil},
}

// method is one sign-in method of a user beside the password.
type method struct {
	ID      string
	Kind    MethodKind
	Created time.Time
	Default bool      `json:",omitempty"` // the user's default second factor
	Pass    *tempPass `json:",omitempty"`
}

// tempPass is what only a Temporary Access Pass has.
type tempPass struct {
	Secret  secretHash
	Start   time.Time
	Minutes int
	Once    bool
	Used    bool
}

func (p *tempPass) end() time.Time { return p.Start.Add(time.Duration(p.Minutes) * time.Minute) }

// usability is isUsable and methodUsabilityReason of the pass of user u.
func (t *directory) usability(u *user, p *tempPass, now time.Time) (bool, string) {
	switch {
	case !t.passAllowed(u):
		return false, "DisabledByPolicy"
	case now.Before(p.Start):
		return false, "NotYetValid"
	case !now.Before(p.end()):
		return false, "Expired"
	case p.Once && p.Used:
		return false, "OneTimeUsed"
	}
	return true, "EnabledByPolicy"
}

// passAllowed says whether the policy lets the user sign in with a pass (it can be issued to anybody).
func (t *directory) passAllowed(u *user) bool {
	p, groups := t.Settings.TAPPolicy, t.memberOf(u.ID, true)
	among := func(ids []string) bool {
		return slices.ContainsFunc(groups, func(g *group) bool { return slices.Contains(ids, g.ID) })
	}
	return p.Enabled && (len(p.IncludeGroups) == 0 || among(p.IncludeGroups)) && !among(p.ExcludeGroups)
}

// pass gives the user's Temporary Access Pass; nil if there is none.
func (u *user) pass() *method {
	for _, m := range u.Methods {
		if m.Kind == TemporaryPass {
			return m
		}
	}
	return nil
}

func (t *directory) renderMethod(u *user, m *method, now time.Time) object {
	kind := methodKinds[m.Kind]
	o := object{"@odata.type": "#microsoft.graph." + kind.typeName, "id": m.ID}
	for name, value := range kind.fields {
		o[name] = value
		if name == "createdDateTime" {
			o[name] = stamp(m.Created)
		}
	}
	if p := m.Pass; p != nil {
		usable, reason := t.usability(u, p, now)
		o["temporaryAccessPass"] = nil
		o["createdDateTime"], o["startDateTime"] = stamp(m.Created), stamp(p.Start)
		o["lifetimeInMinutes"], o["isUsableOnce"] = p.Minutes, p.Once
		o["isUsable"], o["methodUsabilityReason"] = usable, reason
	}
	return o
}

func renderPasswordMethod(u *user) object {
	return object{
		"@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": passwordMethodID,
		"createdDateTime": stamp(u.PasswordChanged), "password": nil,
	}
}

// newPass issues a pass and deletes the one before it. Zero minutes: the policy's default.
func (t *directory) newPass(u *user, start time.Time, minutes int, once bool, now time.Time) (*method, string, error) {
	policy := t.Settings.TAPPolicy
	if !policy.Enabled {
		return nil, "", methodBadRequest("Converged UserCredentialPolicy does not allow creating or updating this authentication method. AuthMethodType [TemporaryAccessPass].")
	}
	if minutes == 0 {
		minutes = policy.DefaultMinutes
	}
	if minutes < policy.MinMinutes || minutes > policy.MaxMinutes || minutes < 10 || minutes > 43200 {
		return nil, "", methodBadRequest(fmt.Sprintf("Temporary Access Pass lifetime must be between %d and %d minutes.", policy.MinMinutes, policy.MaxMinutes))
	}
	if policy.OneTimeOnly && !once {
		return nil, "", methodBadRequest("Temporary Access Pass must be one-time use.")
	}
	secret := passText(policy.Length)
	u.Methods = slices.DeleteFunc(u.Methods, func(m *method) bool { return m.Kind == TemporaryPass })
	m := &method{
		ID: uuid.NewString(), Kind: TemporaryPass, Created: now,
		Pass: &tempPass{Secret: hashSecret(secret), Start: start, Minutes: minutes, Once: once},
	}
	u.Methods = append(u.Methods, m)
	return m, secret, nil
}

// passText draws a pass: letters, digits and marks without those that look alike.
func passText(length int) string {
	const alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789+*!$%&"
	out := make([]byte, length)
	for i := range out {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(fmt.Sprintf("entrasim: no randomness: %v (this is a bug)", err))
		}
		out[i] = alphabet[n.Int64()]
	}
	return string(out)
}

// removeMethod deletes a method. The default second factor can only go last (microsoft-graph-docs#14470).
func (u *user) removeMethod(m *method) error {
	others := slices.ContainsFunc(u.Methods, func(o *method) bool { return o != m && methodKinds[o.Kind].mfa })
	if m.Default && others {
		return methodBadRequest("Cannot delete default method with other methods configured. Please change default method before deletion.")
	}
	u.Methods = slices.DeleteFunc(u.Methods, func(o *method) bool { return o == m })
	return nil
}

// RegisterMethod adds a sign-in method to a user (id, user name or employeeId), as the signed-in user would.
// The first one that can serve as second factor becomes the default. TemporaryPass is issued through Graph only.
func (s *Sim) RegisterMethod(tenant, userKey string, kind MethodKind) (string, error) {
	m := &method{ID: uuid.NewString(), Kind: kind, Created: s.now()}
	return m.ID, s.in(tenant, func(t *directory) error {
		u := t.find(userKey)
		known, ok := methodKinds[kind]
		if u == nil || !ok || kind == TemporaryPass {
			return fmt.Errorf("entrasim: cannot register %s for %s", kind, userKey)
		}
		m.Default = known.mfa && !slices.ContainsFunc(u.Methods, func(o *method) bool { return o.Default })
		u.Methods = append(u.Methods, m)
		t.audit(m.Created, initiator{UserID: u.ID, UPN: u.UPN, Name: text(u.Props["displayName"])},
			"User registered security info", "AuthenticationMethods", "Add", u.target())
		return nil
	})
}
