package access

import (
	"slices"
	"time"
)

// Fact names one of the things that pre-flight reads of a tenant. It is stable: it appears in the API.
type Fact string

const (
	FactApp              Fact = "app"
	FactPermissions      Fact = "permissions"
	FactDomains          Fact = "domains"
	FactLicence          Fact = "licence"
	FactSecurityDefaults Fact = "security_defaults"
	FactPassPolicy       Fact = "pass_policy"
	FactPassTargets      Fact = "pass_targets"
	FactRoles            Fact = "roles"
	FactPasswordReset    Fact = "password_reset"
)

// sentences say of each fact that it could not be read.
var sentences = map[Fact]string{
	FactApp:              "Microsoft did not say whether it accepts the app in the tenant.",
	FactPermissions:      "What the tenant consented to could not be read.",
	FactDomains:          "The tenant's domains could not be read.",
	FactLicence:          "The tenant's licences could not be read.",
	FactSecurityDefaults: "Whether security defaults are on could not be read.",
	FactPassPolicy:       "The tenant's policy for Temporary Access Passes could not be read.",
	FactPassTargets:      "Whom the tenant's policy for Temporary Access Passes includes could not be read.",
	FactRoles:            "The tenant's roles could not be read.",
	FactPasswordReset:    "Whether the app may set passwords could not be tried.",
}

// UnreadSentence says to people that the fact could not be read.
func (f Fact) UnreadSentence() string { return sentences[f] }

// TenantFacts are what pre-flight knows of a tenant. The zero value of a field is a fact that was never read; it says
// nothing, neither for nor against a profile.
type TenantFacts struct {
	App         *AppFacts
	Permissions *PermissionFacts
	// Domains are the verified ones.
	Domains          []TenantDomain
	Licence          Licence
	SecurityDefaults *bool
	PassPolicy       *PassPolicyFacts
	// PassTargeted: the pass policy applies to the accounts that Hourglass makes.
	PassTargeted *bool
	// MissingRoles are the roles of profiles that the tenant does not have, or has switched off.
	MissingRoles  []RoleID
	PasswordReset PasswordReset
	// ResetLost: what PasswordReset refuses was allowed before the app became another object in the tenant, as it does when its consent is
	// taken back and given anew; the role of the object before is lost.
	ResetLost bool
	// Unread are the facts that could not be read the last time. Where they have a value, it is an older one.
	Unread []Fact
}

// AppFacts are how Microsoft takes the app in the tenant.
type AppFacts struct {
	Answer     AppAnswer
	ClientID   ClientID
	Credential AppCredential
}

// AppAnswer is what the tenant's token endpoint says to the app.
type AppAnswer string

const (
	AppAccepted AppAnswer = "accepted"
	// AppUnknown: nobody consented, or the app was removed from the tenant.
	AppUnknown AppAnswer = "unknown"
	// AppDisabled: an administrator of the tenant has switched the app off.
	AppDisabled AppAnswer = "disabled"
	// AppCredentialExpired and AppCredentialRefused are about the app's own secret or certificate.
	AppCredentialExpired AppAnswer = "credential_expired"
	AppCredentialRefused AppAnswer = "credential_refused"
	// AppTenantGone: Microsoft knows no such tenant.
	AppTenantGone AppAnswer = "tenant_gone"
	// AppWrongTenant: another tenant, or for another app, was answered.
	AppWrongTenant AppAnswer = "wrong_tenant"
)

// AppCredential is what the app proves itself with. Its end is zero where nobody knows it: Microsoft tells it only to
// whoever may read app registrations.
type AppCredential struct {
	Kind      AppKeyKind
	ExpiresAt time.Time
}

// PermissionFacts compare what the tenant consented to with what is asked for.
type PermissionFacts struct {
	// PrincipalID is the app's own object in the tenant.
	PrincipalID ObjectID
	Missing     []MissingPermission
	// Extra are held and not asked for, by name.
	Extra []string
}

// MissingPermission is asked for and not held.
type MissingPermission struct {
	Permission
	// Lost: it was there when the customer was connected.
	Lost bool
}

// ComparePermissions says what is missing of what is asked for, and what is held beyond it. atConnect are the names held
// when the customer was connected.
func ComparePermissions(principal ObjectID, asked []Permission, held, atConnect []string) PermissionFacts {
	facts := PermissionFacts{PrincipalID: principal}
	for _, p := range asked {
		if !slices.Contains(held, p.Name) {
			facts.Missing = append(facts.Missing, MissingPermission{p, slices.Contains(atConnect, p.Name)})
		}
	}
	for _, name := range held {
		if !slices.ContainsFunc(asked, func(p Permission) bool { return p.Name == name }) && !slices.Contains(facts.Extra, name) {
			facts.Extra = append(facts.Extra, name)
		}
	}
	return facts
}

// TenantDomain is a verified domain. Users of one that is not managed sign in elsewhere (federated).
type TenantDomain struct {
	Name    string
	Managed bool
	Initial bool
}

// Licence is the best Entra ID licence of a tenant.
type Licence string

const (
	LicenceFree Licence = "free"
	LicenceP1   Licence = "p1"
	LicenceP2   Licence = "p2"
)

// PassPolicyFacts are the tenant's policy for Temporary Access Passes.
type PassPolicyFacts struct {
	Enabled                bool
	MinMinutes, MaxMinutes int
	// OneTimeOnly: a pass that can be used more than once is refused.
	OneTimeOnly bool
}

// PasswordReset is whether Microsoft lets the app set the password of an account without roles.
type PasswordReset string

const (
	ResetAllowed PasswordReset = "allowed"
	ResetRefused PasswordReset = "refused"
	// ResetPending: refused, although the app has taken User Administrator, which takes minutes to spread.
	ResetPending PasswordReset = "pending"
)

// factTable says of each fact whether it is known, and how it is taken over from earlier facts.
var factTable = []struct {
	fact  Fact
	known func(TenantFacts) bool
	take  func(to *TenantFacts, from TenantFacts)
}{
	{FactApp, func(f TenantFacts) bool { return f.App != nil }, func(to *TenantFacts, from TenantFacts) { to.App = from.App }},
	{FactPermissions, func(f TenantFacts) bool { return f.Permissions != nil }, func(to *TenantFacts, from TenantFacts) { to.Permissions = from.Permissions }},
	{FactDomains, func(f TenantFacts) bool { return f.Domains != nil }, func(to *TenantFacts, from TenantFacts) { to.Domains = from.Domains }},
	{FactLicence, func(f TenantFacts) bool { return f.Licence != "" }, func(to *TenantFacts, from TenantFacts) { to.Licence = from.Licence }},
	{FactSecurityDefaults, func(f TenantFacts) bool { return f.SecurityDefaults != nil }, func(to *TenantFacts, from TenantFacts) { to.SecurityDefaults = from.SecurityDefaults }},
	{FactPassPolicy, func(f TenantFacts) bool { return f.PassPolicy != nil }, func(to *TenantFacts, from TenantFacts) { to.PassPolicy = from.PassPolicy }},
	{FactPassTargets, func(f TenantFacts) bool { return f.PassTargeted != nil }, func(to *TenantFacts, from TenantFacts) { to.PassTargeted = from.PassTargeted }},
	{FactRoles, func(f TenantFacts) bool { return f.MissingRoles != nil }, func(to *TenantFacts, from TenantFacts) { to.MissingRoles = from.MissingRoles }},
	{FactPasswordReset, func(f TenantFacts) bool { return f.PasswordReset != "" }, func(to *TenantFacts, from TenantFacts) {
		to.PasswordReset, to.ResetLost = from.PasswordReset, from.ResetLost
	}},
}

// After is what is known once f was read, after earlier was known. What f could not read keeps its earlier value and is
// named in Unread: what stood against a profile goes on standing against it until somebody has seen that it is over.
func (f TenantFacts) After(earlier TenantFacts) TenantFacts {
	f.Unread = nil
	for _, row := range factTable {
		if !row.known(f) {
			row.take(&f, earlier)
			f.Unread = append(f.Unread, row.fact)
		}
	}
	return f
}

// Check refuses facts that hold an unknown word: it would find nothing, and look like nothing to find.
func (f TenantFacts) Check() error {
	var err error
	word := func(parse error) {
		if err == nil {
			err = parse
		}
	}
	if f.App != nil {
		_, unknown := parseWord(string(f.App.Answer), "answer to the app", AppAccepted, AppUnknown, AppDisabled, AppCredentialExpired, AppCredentialRefused, AppTenantGone, AppWrongTenant)
		word(unknown)
	}
	if f.Licence != "" {
		_, unknown := parseWord(string(f.Licence), "licence", LicenceFree, LicenceP1, LicenceP2)
		word(unknown)
	}
	if f.PasswordReset != "" {
		_, unknown := parseWord(string(f.PasswordReset), "answer to password resets", ResetAllowed, ResetRefused, ResetPending)
		word(unknown)
	}
	return err
}
