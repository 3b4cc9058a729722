package access

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	aTenant    = MustID[TenantID]("11111111-1111-4111-8111-111111111111")
	aPrincipal = MustID[ObjectID]("22222222-2222-4222-8222-222222222222")
	theApp     = MustID[ClientID]("33333333-3333-4333-8333-333333333333")
	day        = 24 * time.Hour
	today      = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	oddRole    = MustID[RoleID]("44444444-4444-4444-8444-444444444444")

	askedFor = []Permission{
		{Name: "User.ReadWrite.All", Why: "to create the account", Need: NeededByEveryGrant},
		{Name: "Policy.Read.All", Why: "to see the policy", Need: NeededByPasses},
	}
)

func profileID(n int) ProfileID {
	return MustID[ProfileID](fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
}

// inOrder is a tenant in which nothing stands against anything, with a profile that hands out a pass (1), one that hands
// out both (2) and one that hands out a password alone (3).
func inOrder(t require.TestingT) Preflight {
	profile := func(n int, c CredentialKind, role RoleID) Profile {
		return Profile{ID: profileID(n), Roles: []RoleID{role}, Credential: c, Limits: limitsOf(t, time.Hour, 4*time.Hour)}
	}
	return Preflight{
		TenantID: aTenant, AccountDomain: "contoso.onmicrosoft.com", Limits: limitsOf(t, 4*time.Hour, 8*time.Hour), Now: today,
		Profiles: []Profile{
			profile(1, PassOnly, roleHelpdeskAdministrator), profile(2, PassAndPassword, roleUserAdministrator), profile(3, PasswordOnly, roleGroupsAdministrator),
		},
		Facts: TenantFacts{
			App:         &AppFacts{Answer: AppAccepted, ClientID: theApp, Credential: AppCredential{Kind: AppSecret}},
			Permissions: new(ComparePermissions(aPrincipal, askedFor, []string{"User.ReadWrite.All", "Policy.Read.All"}, nil)),
			Domains: []TenantDomain{
				{Name: "contoso.onmicrosoft.com", Managed: true, Initial: true}, {Name: "contoso.example"},
			},
			Licence: LicenceP2, SecurityDefaults: new(false), PassTargeted: new(true), MissingRoles: []RoleID{}, PasswordReset: ResetAllowed,
			PassPolicy: &PassPolicyFacts{Enabled: true, MinMinutes: 10, MaxMinutes: 480},
		},
	}
}

func held(names ...string) *PermissionFacts {
	return new(ComparePermissions(aPrincipal, askedFor, names, []string{"User.ReadWrite.All", "Policy.Read.All"}))
}

func TestFindings(t *testing.T) {
	one := func(code FindingCode, subject string, s Severity, profiles ...int) []Finding {
		f := Finding{Code: code, Subject: subject, Severity: s, Everywhere: profiles == nil}
		for _, n := range profiles {
			if n > 0 {
				f.Profiles = append(f.Profiles, profileID(n))
			}
		}
		return []Finding{f}
	}
	app := func(answer AppAnswer) func(*Preflight) {
		return func(p *Preflight) { p.Facts.App.Answer = answer }
	}
	expires := func(in time.Duration) func(*Preflight) {
		return func(p *Preflight) {
			p.Facts.App.Credential = AppCredential{Kind: AppCertificate, ExpiresAt: today.Add(in)}
		}
	}
	const nobody = 0 // about profiles, of which there is none
	for name, c := range map[string]struct {
		change func(*Preflight)
		want   []Finding
		// says are parts of the sentence, the action and the link.
		says [3]string
	}{
		"nothing": {func(*Preflight) {}, nil, [3]string{}},

		"consent gone":                     {app(AppUnknown), one(FoundConsentGone, "", Blocking), [3]string{"taken back", "Renew the consent", "entra.microsoft.com/" + aTenant.String()}},
		"app disabled":                     {app(AppDisabled), one(FoundAppDisabled, "", Blocking), [3]string{"switched the app off", "enterprise application", "AppAppsPreview"}},
		"tenant gone":                      {app(AppTenantGone), one(FoundTenantGone, "", Blocking), [3]string{"no such tenant", "Ask the customer", ""}},
		"another tenant":                   {app(AppWrongTenant), one(FoundWrongTenant, "", Blocking), [3]string{"another tenant", "operator", ""}},
		"expired secret":                   {app(AppCredentialExpired), one(FoundCredentialExpired, "", Blocking), [3]string{"secret has expired", "new secret", "Credentials/appId/" + theApp.String()}},
		"refused secret":                   {app(AppCredentialRefused), one(FoundCredentialRefused, "", Blocking), [3]string{"does not accept the app's secret", "Check", "Credentials/appId/" + theApp.String()}},
		"61 days to the end":               {expires(61 * day), nil, [3]string{}},
		"60 days to the end":               {expires(60 * day), one(FoundCredentialExpiring, "60", Info), [3]string{"certificate expires on 2027-01-21", "before that day", "Credentials"}},
		"30 days to the end":               {expires(30 * day), one(FoundCredentialExpiring, "30", Warning), [3]string{"2026-12-22", "", ""}},
		"7 days to the end":                {expires(7 * day), one(FoundCredentialExpiring, "7", Warning), [3]string{"2026-11-29", "", ""}},
		"past the end, and still accepted": {expires(-day), one(FoundCredentialExpiring, "7", Warning), [3]string{"should have expired", "", ""}},
		"past the end, and refused": {func(p *Preflight) { expires(-day)(p); app(AppCredentialExpired)(p) },
			one(FoundCredentialExpired, "", Blocking), [3]string{"certificate has expired", "", ""}},

		"permission lost": {func(p *Preflight) { p.Facts.Permissions = held("Policy.Read.All") }, one(FoundPermissionMissing, "User.ReadWrite.All", Blocking),
			[3]string{"to create the account. It was there", "Declare", "Permissions/objectId/" + aPrincipal.String() + "/appId/" + theApp.String()}},
		"permission of passes": {func(p *Preflight) { p.Facts.Permissions = held("User.ReadWrite.All") },
			one(FoundPermissionMissing, "Policy.Read.All", Blocking, 1, 2), [3]string{"to see the policy", "", ""}},
		"permission that nobody asked for": {func(p *Preflight) {
			p.Facts.Permissions = held("User.ReadWrite.All", "Policy.Read.All", "Mail.Read", "Mail.Read")
		}, one(FoundPermissionExtra, "Mail.Read", Warning), [3]string{"never uses", "revoke", ""}},

		"no such domain": {func(p *Preflight) { p.AccountDomain = "fabrikam.example" }, one(FoundDomainMissing, "", Blocking),
			[3]string{`"fabrikam.example"`, "such as contoso.onmicrosoft.com", "CustomDomainNames"}},
		"federated domain": {func(p *Preflight) { p.AccountDomain = "Contoso.Example" }, one(FoundDomainFederated, "", Blocking, 2, 3),
			[3]string{"Profiles with a pass alone work", "choose a managed domain", "CustomDomainNames"}},
		"federated domain where everybody has a pass": {func(p *Preflight) { p.AccountDomain, p.Profiles = "Contoso.Example", p.Profiles[:1] },
			one(FoundDomainFederated, "", Info, nobody), [3]string{"federated", "", ""}},

		"resets refused": {func(p *Preflight) { p.Facts.PasswordReset = ResetRefused }, one(FoundResetRefused, "", Blocking), [3]string{"User Administrator", "Allow Hourglass", "AllRoles"}},
		"resets refused, before the domain was federated": {func(p *Preflight) {
			p.Facts.PasswordReset, p.AccountDomain, p.Profiles = ResetRefused, "contoso.example", p.Profiles[:1]
		}, one(FoundDomainFederated, "", Info, nobody), [3]string{"federated", "", ""}},
		"resets refused though allowed": {func(p *Preflight) { p.Facts.PasswordReset, p.MayTakeRole = ResetRefused, true }, one(FoundResetRefused, "", Blocking),
			[3]string{"", "by hand: Hourglass may take it", ""}},
		"resets refused to the app of a new consent": {func(p *Preflight) { p.Facts.PasswordReset, p.Facts.ResetLost = ResetRefused, true }, one(FoundResetRefused, "", Blocking),
			[3]string{"is lost", "again, or allow Hourglass", "AllRoles"}},
		"resets refused to the app of a new consent though allowed": {func(p *Preflight) {
			p.Facts.PasswordReset, p.Facts.ResetLost, p.MayTakeRole = ResetRefused, true, true
		}, one(FoundResetRefused, "", Blocking), [3]string{"is lost", "again.", "AllRoles"}},
		"resets not yet allowed": {func(p *Preflight) { p.Facts.PasswordReset = ResetPending }, one(FoundResetRefused, "", Blocking), [3]string{"does not let it yet", "Wait", ""}},

		"pass policy off": {func(p *Preflight) { p.Facts.PassPolicy.Enabled = false }, one(FoundPassPolicyOff, "", Blocking, 1, 2), [3]string{"is off", "Enable", "AdminAuthMethods"}},
		"pass policy off where nobody has a pass": {func(p *Preflight) { p.Facts.PassPolicy.Enabled, p.Profiles = false, p.Profiles[2:] },
			one(FoundPassPolicyOff, "", Info, nobody), [3]string{"is off", "Enable", ""}},
		"passes for one use":  {func(p *Preflight) { p.Facts.PassPolicy.OneTimeOnly = true }, one(FoundPassOneTime, "", Blocking, 1, 2), [3]string{"one use", "One-time use", ""}},
		"passes for others":   {func(p *Preflight) { p.Facts.PassTargeted = new(false) }, one(FoundPassNotTargeted, "", Blocking, 1, 2), [3]string{"does not include", "Include all users", ""}},
		"passes of two hours": {func(p *Preflight) { p.Facts.PassPolicy.MaxMinutes = 120 }, one(FoundPassTooShort, "", Warning, 1, 2), [3]string{"at most 120 minutes", "720 hours", ""}},
		"passes of two hours, and grants of one by the customer's limit": {func(p *Preflight) {
			p.Facts.PassPolicy.MaxMinutes, p.Limits = 120, limitsOf(t, time.Hour, time.Hour)
		}, nil, [3]string{}},
		"passes of at least two hours": {func(p *Preflight) { p.Facts.PassPolicy.MinMinutes = 120 }, one(FoundPassOutlivesGrant, "", Info, 1, 2), [3]string{"less than 120", "takes 10 minutes", ""}},

		"security defaults": {func(p *Preflight) { p.Facts.SecurityDefaults = new(true) }, one(FoundSecurityDefaults, "", Warning, 3), [3]string{"second factor", "Hand out a pass", "TenantProperties"}},
		"security defaults and passes alone": {func(p *Preflight) { p.Facts.SecurityDefaults, p.Profiles = new(true), p.Profiles[:2] },
			one(FoundSecurityDefaults, "", Info, nobody), [3]string{}},

		"missing role": {func(p *Preflight) { p.Facts.MissingRoles = []RoleID{roleUserAdministrator} }, one(FoundRoleMissing, roleUserAdministrator.String(), Blocking, 2),
			[3]string{"the role User Administrator", "", "AllRoles"}},
		"missing role that no profile has any more": {func(p *Preflight) { p.Facts.MissingRoles = []RoleID{oddRole} }, nil, [3]string{}},
		"privileged roles": {func(p *Preflight) { p.Profiles[0].Roles = []RoleID{roleExchangeAdministrator} }, one(FoundPrivilegedRoles, "", Info, 1),
			[3]string{"takes the roles away first", "", ""}},
		"a custom role counts as privileged": {func(p *Preflight) { p.Profiles[2].Roles = []RoleID{oddRole} }, one(FoundPrivilegedRoles, "", Info, 3), [3]string{}},
		"Free":                               {func(p *Preflight) { p.Facts.Licence = LicenceFree }, one(FoundLicence, "free", Info), [3]string{"no sign-in log", "P1 adds", "LicensesMenuBlade"}},
		"P1":                                 {func(p *Preflight) { p.Facts.Licence = LicenceP1 }, one(FoundLicence, "p1", Info), [3]string{"does not end roles", "P2 adds", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			p := inOrder(t)
			c.change(&p)
			got := p.Findings()
			var bare []Finding
			for _, f := range got {
				assert.NotEmpty(t, f.Sentence)
				assert.Equal(t, f, slices.Clone(p.Findings())[len(bare)], "the same every time")
				bare = append(bare, Finding{Code: f.Code, Subject: f.Subject, Severity: f.Severity, Everywhere: f.Everywhere, Profiles: f.Profiles})
			}
			require.Equal(t, c.want, bare)
			if len(got) == 1 {
				for i, text := range []string{got[0].Sentence, got[0].Action, got[0].Link} {
					assert.Contains(t, text, c.says[i])
				}
			}
		})
	}
}

func TestTheWorstFindingComesFirst(t *testing.T) {
	p := inOrder(t)
	p.Facts.Licence, p.Facts.SecurityDefaults, p.Facts.PassPolicy.Enabled = LicenceFree, new(true), false
	var got []FindingCode
	for _, f := range p.Findings() {
		got = append(got, f.Code)
	}
	assert.Equal(t, []FindingCode{FoundPassPolicyOff, FoundSecurityDefaults, FoundLicence}, got)
}

func TestHealthOf(t *testing.T) {
	finding := func(s Severity, everywhere bool) Finding { return Finding{Severity: s, Everywhere: everywhere} }
	for _, c := range []struct {
		findings []Finding
		read     bool
		want     Health
	}{
		{nil, true, HealthOK},
		{nil, false, HealthUnknown},
		{[]Finding{finding(Info, true)}, true, HealthOK},
		{[]Finding{finding(Info, true)}, false, HealthUnknown},
		{[]Finding{finding(Warning, true)}, false, HealthWarning},
		{[]Finding{finding(Blocking, false)}, true, HealthWarning},
		{[]Finding{finding(Warning, true), finding(Blocking, true)}, false, HealthBlocked},
	} {
		assert.Equal(t, c.want, HealthOf(c.findings, c.read), "%+v", c)
	}
}

func TestVerdictOn(t *testing.T) {
	other := Finding{Severity: Blocking, Profiles: []ProfileID{profileID(2)}}
	for _, c := range []struct {
		finding Finding
		read    bool
		want    Verdict
	}{
		{Finding{Severity: Blocking, Everywhere: true}, false, VerdictBlocked},
		{Finding{Severity: Blocking, Profiles: []ProfileID{profileID(1)}}, true, VerdictBlocked},
		{Finding{Severity: Warning, Everywhere: true}, true, VerdictWorks},
		{other, true, VerdictWorks},
		{other, false, VerdictUnknown},
	} {
		assert.Equal(t, c.want, VerdictOn(profileID(1), []Finding{c.finding}, c.read), "%+v", c)
	}
}

// Nothing fails open: what was known stays known until it is read again, and what could not be read is named.
func TestFactsThatCouldNotBeReadStay(t *testing.T) {
	before := inOrder(t).Facts
	before.PassPolicy.Enabled = false
	assert.Equal(t, before, before.After(TenantFacts{}), "everything was read")

	refused := TenantFacts{App: &AppFacts{Answer: AppUnknown}}
	now := refused.After(before)
	assert.Equal(t, AppUnknown, now.App.Answer)
	assert.False(t, now.PassPolicy.Enabled)
	assert.Equal(t, []Fact{FactPermissions, FactDomains, FactLicence, FactSecurityDefaults, FactPassPolicy, FactPassTargets, FactRoles, FactPasswordReset}, now.Unread)

	nothing := TenantFacts{}.After(TenantFacts{})
	assert.Len(t, nothing.Unread, len(factTable))
	for _, fact := range nothing.Unread {
		assert.NotEmpty(t, fact.UnreadSentence(), fact)
	}
	p := inOrder(t)
	p.Facts = nothing
	assert.Empty(t, p.Findings(), "nothing is said of what nobody has read")

	mended := inOrder(t).Facts.After(now)
	assert.Empty(t, mended.Unread)
	assert.True(t, mended.PassPolicy.Enabled)
}

// drawn is any tenant, known in part, with any profiles.
func drawn(t *rapid.T) Preflight {
	p := inOrder(t)
	draw := func(what string) bool { return rapid.Bool().Draw(t, what) }
	p.MayTakeRole = draw("may take the role")
	p.AccountDomain = rapid.SampledFrom([]string{"", "contoso.example", "contoso.onmicrosoft.com", "other.example"}).Draw(t, "domain")
	p.Facts.App.Answer = rapid.SampledFrom([]AppAnswer{AppAccepted, AppUnknown, AppDisabled, AppCredentialExpired, AppTenantGone, "nonsense"}).Draw(t, "answer")
	p.Facts.App.Credential.ExpiresAt = today.Add(time.Duration(rapid.IntRange(-10, 100).Draw(t, "days")) * day)
	p.Facts.Permissions = held(heldNames(t)...)
	p.Facts.Licence = rapid.SampledFrom([]Licence{"", LicenceFree, LicenceP1, LicenceP2}).Draw(t, "licence")
	p.Facts.PasswordReset = rapid.SampledFrom([]PasswordReset{"", ResetAllowed, ResetRefused, ResetPending}).Draw(t, "reset")
	p.Facts.SecurityDefaults, p.Facts.PassTargeted = new(draw("defaults")), new(draw("targeted"))
	minutes := rapid.IntRange(0, 600)
	p.Facts.PassPolicy = &PassPolicyFacts{Enabled: draw("policy"), OneTimeOnly: draw("once"), MinMinutes: minutes.Draw(t, "min"), MaxMinutes: minutes.Draw(t, "max")}
	p.Profiles = p.Profiles[:rapid.IntRange(0, 3).Draw(t, "profiles")]
	for _, row := range factTable {
		if draw("unread " + string(row.fact)) {
			row.take(&p.Facts, TenantFacts{})
		}
	}
	return p
}

func heldNames(t *rapid.T) []string {
	return rapid.SliceOfDistinct(rapid.SampledFrom([]string{"User.ReadWrite.All", "Policy.Read.All", "Mail.Read", "Sites.Read.All"}), func(s string) string { return s }).Draw(t, "held")
}

func TestFindings_Properties(t *testing.T) {
	keys := func(p Preflight) map[FindingKey]bool {
		all := map[FindingKey]bool{}
		for _, f := range p.Findings() {
			all[f.Key()] = true
		}
		return all
	}
	t.Run("a permission that is asked for never adds a finding", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			less := drawn(t)
			names := heldNames(t)
			less.Facts.Permissions = held(names...)
			more := less
			more.Facts.Permissions = held(append(names, rapid.SampledFrom(askedFor).Draw(t, "more").Name)...)
			before := keys(less)
			for key := range keys(more) {
				if !before[key] {
					t.Fatalf("%v appeared", key)
				}
			}
		})
	})
	t.Run("a check that could read nothing changes nothing", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			earlier := drawn(t)
			nothing := earlier
			nothing.Facts = TenantFacts{}.After(earlier.Facts)
			if !assert.ObjectsAreEqual(nothing.Findings(), earlier.Findings()) {
				t.Fatalf("%+v, and then %+v", earlier.Findings(), nothing.Findings())
			}
		})
	})
	t.Run("with fewer profiles nothing gets worse", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			all := drawn(t)
			fewer := all
			fewer.Profiles = all.Profiles[:rapid.IntRange(0, len(all.Profiles)).Draw(t, "fewer")]
			before := map[FindingCode]Severity{}
			for _, f := range all.Findings() {
				before[f.Code+FindingCode(f.Subject)] = f.Severity
			}
			for _, f := range fewer.Findings() {
				was, found := before[f.Code+FindingCode(f.Subject)]
				if !found || slices.Index(severities, f.Severity) < slices.Index(severities, was) {
					t.Fatalf("%v was %q", f.Key(), was)
				}
			}
		})
	})
	t.Run("each finding is one, is complete, and names profiles that exist", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			p := drawn(t)
			findings := p.Findings()
			if len(keys(p)) != len(findings) {
				t.Fatalf("one finding twice: %+v", findings)
			}
			for _, f := range findings {
				if f.Sentence == "" || f.Severity == Blocking && f.Action == "" || f.Everywhere == (f.Profiles != nil) && f.Severity != Info {
					t.Fatalf("%+v", f)
				}
				for _, id := range f.Profiles {
					if !slices.ContainsFunc(p.Profiles, func(known Profile) bool { return known.ID == id }) {
						t.Fatalf("%v names profile %v", f.Key(), id)
					}
				}
			}
		})
	})
}

func TestDecide_ABlockedCustomer(t *testing.T) {
	situation := admitted(t)
	situation.Findings = []Finding{
		{Code: FoundConsentGone, Severity: Blocking, Everywhere: true, Sentence: "The consent is gone."},
		{Code: FoundPermissionExtra, Severity: Warning, Everywhere: true, Sentence: "Something else."},
	}
	_, err := Decide(Request{}, situation)
	var refused Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, Refused{{RefusedCustomerBlocked, "", "The consent is gone. Ask an admin."}}, refused)

	situation.Findings = []Finding{
		{Code: FoundPassPolicyOff, Severity: Blocking, Profiles: []ProfileID{situation.Profile.ID}, Sentence: "It is off."},
		{Code: FoundPermissionExtra, Severity: Warning, Everywhere: true},
	}
	_, err = Decide(Request{}, situation)
	require.NoError(t, err, "what may be over, or is about one profile, is not refused")
}
