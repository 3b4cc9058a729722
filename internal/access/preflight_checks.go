package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FindingCode names a kind of finding. It is stable: it appears in the API and in the audit log.
type FindingCode string

const (
	FoundConsentGone        FindingCode = "consent_gone"
	FoundAppDisabled        FindingCode = "app_disabled"
	FoundTenantGone         FindingCode = "tenant_gone"
	FoundWrongTenant        FindingCode = "wrong_tenant"
	FoundCredentialExpired  FindingCode = "credential_expired"
	FoundCredentialRefused  FindingCode = "credential_refused"
	FoundCredentialExpiring FindingCode = "credential_expiring"
	FoundPermissionMissing  FindingCode = "permission_missing"
	FoundPermissionExtra    FindingCode = "permission_extra"
	FoundDomainMissing      FindingCode = "account_domain_missing"
	FoundDomainFederated    FindingCode = "account_domain_federated"
	FoundResetRefused       FindingCode = "password_reset_refused"
	FoundPassPolicyOff      FindingCode = "pass_policy_off"
	FoundPassOneTime        FindingCode = "pass_one_time_only"
	FoundPassNotTargeted    FindingCode = "pass_not_for_accounts"
	FoundPassTooShort       FindingCode = "pass_too_short"
	FoundPassOutlivesGrant  FindingCode = "pass_outlives_grant"
	FoundSecurityDefaults   FindingCode = "security_defaults_on"
	FoundRoleMissing        FindingCode = "role_missing"
	FoundPrivilegedRoles    FindingCode = "privileged_roles"
	FoundLicence            FindingCode = "licence"
)

const (
	renewConsent = "Renew the consent at the customer's connection in Hourglass."
	// What Microsoft's policy for passes takes (microsoft-graph.md, 1.7).
	leastPassMinutes, mostPassHours = 10, 43200 / 60
)

// judge gathers findings.
type judge struct {
	Preflight
	findings []Finding
}

// checks are all that is looked at, each by itself; a fact that is not known finds nothing.
var checks = []func(*judge){
	(*judge).app, (*judge).credential, (*judge).permissions, (*judge).domain, (*judge).passwordReset,
	(*judge).passes, (*judge).securityDefaults, (*judge).roles, (*judge).privilegedRoles, (*judge).licence,
}

// everywhere adds a finding about every grant.
func (j *judge) everywhere(f Finding) {
	f.Everywhere = true
	j.findings = append(j.findings, f)
}

// about adds a finding about some profiles. Where nobody may use one of them, nothing fails: it is good to know.
func (j *judge) about(profiles []ProfileID, f Finding) {
	f.Profiles = profiles
	if profiles == nil {
		f.Severity = Info
	}
	j.findings = append(j.findings, f)
}

// those are the profiles that have something.
func (j *judge) those(have func(Profile) bool) (ids []ProfileID) {
	for _, p := range j.Profiles {
		if have(p) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func withPass(p Profile) bool { return p.Credential.HasPass() }

func withPassword(p Profile) bool { return p.Credential.HasPassword() }

func (j *judge) page(page string) string { return adminPage(j.TenantID, page) }

// app: does the tenant know the app, and Microsoft accept it?
func (j *judge) app() {
	if j.Facts.App == nil {
		return
	}
	kind := credentialWord(j.Facts.App.Credential.Kind)
	f, stands := map[AppAnswer]Finding{
		AppUnknown: {Code: FoundConsentGone, Sentence: "The tenant does not know the app: its consent was taken back, or the app was removed there.",
			Action: renewConsent, Link: j.page(pageEnterpriseApps)},
		AppDisabled: {Code: FoundAppDisabled, Sentence: "An administrator of the tenant has switched the app off.",
			Action: "Set \"Enabled for users to sign in\" to Yes in the properties of the enterprise application.", Link: j.page(pageEnterpriseApps)},
		AppTenantGone: {Code: FoundTenantGone, Sentence: "Microsoft knows no such tenant any more.",
			Action: "Ask the customer whether the tenant was deleted or moved; then disconnect it."},
		AppWrongTenant: {Code: FoundWrongTenant, Sentence: "Microsoft answered for another tenant, or for another app.",
			Action: "Ask the operator to check the addresses of Microsoft in Hourglass's settings."},
		AppCredentialExpired: {Code: FoundCredentialExpired, Sentence: "The app's " + kind + " has expired, so that Microsoft does not accept the app.",
			Action: "Make a new " + kind + " in the app registration and give it to Hourglass.", Link: credentialsPage(j.Facts.App.ClientID)},
		AppCredentialRefused: {Code: FoundCredentialRefused, Sentence: "Microsoft does not accept the app's " + kind + ".",
			Action: "Check that the " + kind + " which Hourglass has is one of the app registration's.", Link: credentialsPage(j.Facts.App.ClientID)},
	}[j.Facts.App.Answer]
	if stands {
		f.Severity = Blocking
		j.everywhere(f)
	}
}

func credentialWord(k AppKeyKind) string {
	if k == AppCertificate {
		return "certificate"
	}
	return "secret"
}

// warningOf is the severity of each of AppKeyWarnings.
var warningOf = map[int]Severity{60: Info, 30: Warning, 7: Warning}

// credential: how long will Microsoft go on accepting the app? What it says of one that is over is app's.
func (j *judge) credential() {
	if j.Facts.App == nil || j.Facts.App.Answer != AppAccepted || j.Facts.App.Credential.ExpiresAt.IsZero() {
		return
	}
	end := j.Facts.App.Credential.ExpiresAt
	stage := AppKeyWarning(end, j.Now)
	if stage == 0 {
		return
	}
	kind, verb := credentialWord(j.Facts.App.Credential.Kind), "expires"
	if !j.Now.Before(end) {
		verb = "should have expired"
	}
	j.everywhere(Finding{
		Code: FoundCredentialExpiring, Subject: strconv.Itoa(stage), Severity: warningOf[stage],
		Sentence: fmt.Sprintf("The app's %s %s on %s. After that no grant can begin, and none can be ended.", kind, verb, end.UTC().Format(time.DateOnly)),
		Action:   "Make a new " + kind + " in the app registration and give it to Hourglass before that day.",
		Link:     credentialsPage(j.Facts.App.ClientID),
	})
}

// permissions: what is missing is named one by one; what was never asked for is named too (least-power).
func (j *judge) permissions() {
	held := j.Facts.Permissions
	if held == nil {
		return
	}
	var clientID ClientID
	if j.Facts.App != nil {
		clientID = j.Facts.App.ClientID
	}
	link := grantedPermissionsPage(j.TenantID, held.PrincipalID, clientID)
	for _, p := range held.Missing {
		since := ""
		if p.Lost {
			since = " It was there when the customer was connected."
		}
		f := Finding{
			Code: FoundPermissionMissing, Subject: p.Name, Severity: Blocking,
			Sentence: fmt.Sprintf("The app lacks the permission %s: Hourglass needs it %s.%s", p.Name, p.Why, since),
			Action:   "Declare the permission in the app registration where it is not. " + renewConsent, Link: link,
		}
		switch p.Need {
		case NeededByPasses:
			j.about(j.those(withPass), f)
		default:
			j.everywhere(f)
		}
	}
	for _, name := range held.Extra {
		j.everywhere(Finding{
			Code: FoundPermissionExtra, Subject: name, Severity: Warning,
			Sentence: "The app holds the permission " + name + ", which Hourglass never uses.",
			Action:   "Take it out of the app registration, and revoke it in the tenant.", Link: link,
		})
	}
}

// domain: accounts are made, and their passwords set, in a verified domain that Microsoft itself signs in.
func (j *judge) domain() {
	if j.Facts.Domains == nil {
		return
	}
	another := "a managed domain as the account domain in the customer's settings"
	if i := slices.IndexFunc(j.Facts.Domains, func(d TenantDomain) bool { return d.Managed && d.Initial }); i >= 0 {
		another += ", such as " + j.Facts.Domains[i].Name
	}
	i := slices.IndexFunc(j.Facts.Domains, func(d TenantDomain) bool { return strings.EqualFold(d.Name, j.AccountDomain) })
	switch {
	case i < 0:
		j.everywhere(Finding{
			Code: FoundDomainMissing, Severity: Blocking,
			Sentence: fmt.Sprintf("The account domain %q is no verified domain of the tenant, so that no account can be made in it.", j.AccountDomain),
			Action:   "Verify it in the tenant, or choose " + another + ".", Link: j.page(pageDomains),
		})
	case j.federated():
		j.about(j.those(withPassword), Finding{
			Code: FoundDomainFederated, Severity: Blocking,
			Sentence: fmt.Sprintf("The account domain %s is federated: its users sign in elsewhere, and Microsoft sets and takes no password there. Profiles with a pass alone work; "+
				"profiles with a password do not.", j.AccountDomain),
			Action: "Hand out a pass alone, or choose " + another + ".", Link: j.page(pageDomains),
		})
	}
}

// passwordReset: Microsoft's documents contradict each other about what an app needs for it (microsoft-graph.md, 0.1). What was
// found of a managed domain says nothing of a federated one, where none is tried.
func (j *judge) passwordReset() {
	f := Finding{
		Code: FoundResetRefused, Severity: Blocking,
		Sentence: "Microsoft does not let the app set the password of an account. The permission for it is not enough in this tenant: it asks for the role User Administrator too.",
		Link:     j.page(pageRoles),
	}
	switch {
	case j.federated():
		return
	case j.Facts.PasswordReset == ResetPending:
		f.Sentence = "The app has taken the role User Administrator to be let set passwords, and Microsoft does not let it yet."
		f.Action = "Wait some minutes until Microsoft has spread the role; the check is repeated by itself."
	case j.Facts.PasswordReset != ResetRefused:
		return
	case j.Facts.ResetLost:
		f.Sentence = "Microsoft does not let the app set the password of an account any more. Its consent was taken back and given anew: the app is another object in the tenant now, " +
			"and the role User Administrator of the one before is lost."
		f.Action = "Assign User Administrator to the app again"
		if !j.MayTakeRole {
			f.Action += ", or allow Hourglass to take it for its own app"
		}
		f.Action += "."
	case j.MayTakeRole:
		f.Action = "Assign User Administrator to the app by hand: Hourglass may take it, and could not."
	default:
		f.Action = "Allow Hourglass to take User Administrator for its own app, or assign it to the app by hand."
	}
	j.everywhere(f)
}

// passes: does the tenant's policy let Hourglass issue passes, for long enough, to its accounts?
func (j *judge) passes() {
	policy, link := j.Facts.PassPolicy, j.page(pageAuthenticationMethods)
	if policy == nil {
		return
	}
	with := j.those(withPass)
	if !policy.Enabled {
		j.about(with, Finding{
			Code: FoundPassPolicyOff, Severity: Blocking,
			Sentence: "The tenant's policy for Temporary Access Passes is off, so that profiles with a pass cannot be used.",
			Action:   "Enable Temporary Access Pass under Authentication methods, Policies.", Link: link,
		})
		return
	}
	if policy.OneTimeOnly {
		j.about(with, Finding{
			Code: FoundPassOneTime, Severity: Blocking,
			Sentence: "The tenant allows Temporary Access Passes for one use only; Hourglass issues passes that last as long as the grant.",
			Action:   "Set \"One-time use\" to No in the policy for Temporary Access Passes.", Link: link,
		})
	}
	if j.Facts.PassTargeted != nil && !*j.Facts.PassTargeted {
		j.about(with, Finding{
			Code: FoundPassNotTargeted, Severity: Blocking,
			Sentence: "The tenant's policy for Temporary Access Passes does not include the accounts that Hourglass makes: Microsoft issues the pass and then does not let it sign in.",
			Action:   "Include all users in the policy, or a dynamic group that takes in every account whose employee id begins with HG-.", Link: link,
		})
	}
	j.passLifetimes(policy, link)
}

func (j *judge) passLifetimes(policy *PassPolicyFacts, link string) {
	longest, shortest := time.Duration(policy.MaxMinutes)*time.Minute, time.Duration(policy.MinMinutes)*time.Minute
	limits := func(p Profile) Limits { return p.Limits.Tighten(j.Limits) }
	if short := j.those(func(p Profile) bool { return withPass(p) && limits(p).Maximum().Duration() > longest }); short != nil {
		j.about(short, Finding{
			Code: FoundPassTooShort, Severity: Warning,
			Sentence: fmt.Sprintf("The tenant allows passes of at most %d minutes: a grant that lasts longer needs a new pass in between.", policy.MaxMinutes),
			Action:   fmt.Sprintf("Raise the maximum lifetime in the policy for Temporary Access Passes; it takes up to %d hours.", mostPassHours), Link: link,
		})
	}
	if outlives := j.those(func(p Profile) bool { return withPass(p) && limits(p).Default().Duration() < shortest }); outlives != nil {
		j.about(outlives, Finding{
			Code: FoundPassOutlivesGrant, Severity: Info,
			Sentence: fmt.Sprintf("The tenant allows no pass of less than %d minutes: at the end of a shorter grant it is Hourglass alone that takes the pass away.", policy.MinMinutes),
			Action:   fmt.Sprintf("Lower the minimum lifetime in the policy for Temporary Access Passes; it takes %d minutes.", leastPassMinutes), Link: link,
		})
	}
}

// securityDefaults: with them on, Microsoft asks everybody for a second factor, which a pass is and a password is not.
func (j *judge) securityDefaults() {
	if j.Facts.SecurityDefaults == nil || !*j.Facts.SecurityDefaults {
		return
	}
	j.about(j.those(func(p Profile) bool { return !withPass(p) }), Finding{
		Code: FoundSecurityDefaults, Severity: Warning,
		Sentence: "Security defaults are on: Microsoft asks every account for a second factor. A pass counts as one; with a password alone the technician has to register one at the first sign-in, in each grant anew.",
		Action:   "Hand out a pass in profiles that hand out a password alone.", Link: j.page(pageTenantProperties),
	})
}

// roles: built-in roles are in every tenant; custom ones are not.
func (j *judge) roles() {
	for _, missing := range j.Facts.MissingRoles {
		having := j.those(func(p Profile) bool { return slices.Contains(p.Roles, missing) })
		if having == nil {
			continue // the profile was changed since the tenant was asked
		}
		called := DirectoryRoleOf(missing).Name
		if called == "" {
			called = missing.String()
		}
		j.about(having, Finding{
			Code: FoundRoleMissing, Subject: missing.String(), Severity: Blocking,
			Sentence: "The tenant does not have the role " + called + ", or has disabled it.",
			Action:   "Take the role out of the profile, or create or enable it in the tenant.", Link: j.page(pageRoles),
		})
	}
}

// lowRoles protect nobody who holds them from a User Administrator ("Who can reset passwords", microsoft-graph.md, 2).
var lowRoles = []RoleID{
	MustID[RoleID]("88d8e3e3-8f55-4a1e-953a-9b9898b8876b"), // Directory Readers
	MustID[RoleID]("95e79109-95c0-4d8e-aee3-d01accf2d47b"), // Guest Inviter
	MustID[RoleID]("790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b"), // Message Center Reader
	MustID[RoleID]("966707d0-3269-4727-9be2-8c3a10f19b9d"), // Password Administrator
	MustID[RoleID]("4a5d8f65-41da-4de4-8968-e035b65339cf"), // Reports Reader
	MustID[RoleID]("75934031-6c7e-415a-99d7-48dbd49e875e"), // Usage Summary Reports Reader
	roleHelpdeskAdministrator, roleGroupsAdministrator, roleUserAdministrator,
}

// privilegedRoles: Microsoft lets no app disable an account, or set its password, while it holds one of these.
func (j *judge) privilegedRoles() {
	having := j.those(func(p Profile) bool {
		return slices.ContainsFunc(p.Roles, func(r RoleID) bool { return !slices.Contains(lowRoles, r) })
	})
	if having == nil || j.Facts.PasswordReset == "" {
		return
	}
	j.about(having, Finding{
		Code: FoundPrivilegedRoles, Severity: Info,
		Sentence: "While an account holds the roles of these profiles, Microsoft does not let the app disable it or set its password. " +
			"Hourglass takes the roles away first; until Microsoft has spread that, an end can take some minutes.",
	})
}

// licence: what a better one would add.
func (j *judge) licence() {
	f := Finding{Code: FoundLicence, Subject: string(j.Facts.Licence), Severity: Info, Link: j.page(pageLicences)}
	switch j.Facts.Licence {
	case LicenceFree:
		f.Sentence = "The tenant has Entra ID Free: Microsoft keeps no sign-in log that Hourglass could read, and does not end roles by itself."
		f.Action = "Entra ID P1 adds the sign-in log; P2 adds roles that Microsoft itself ends, even where Hourglass cannot."
	case LicenceP1:
		f.Sentence = "The tenant has Entra ID P1: Microsoft does not end roles by itself."
		f.Action = "Entra ID P2 adds roles that Microsoft itself ends, even where Hourglass cannot."
	default:
		return
	}
	j.everywhere(f)
}
