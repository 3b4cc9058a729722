package entra

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"hourglass/internal/access"
)

// Whatever Microsoft's address answers, nothing fails open: an answer that lacks what was asked for is a failure, and
// never looks like an account that is off or one that holds nothing.
func TestAnswersOfTheWrongShapeAreFailures(t *testing.T) {
	const (
		account    = `"id":"aaaaaaaa-0000-4000-8000-000000000001","userPrincipalName":"ada@contoso.onmicrosoft.com","employeeId":"HG-AEBAGAAAAAAAA"`
		definition = `"id":"29232cdf-9323-42fd-ade2-1d097af3e4de","templateId":"29232cdf-9323-42fd-ade2-1d097af3e4de","displayName":"Exchange Administrator","isBuiltIn":true,"isEnabled":true`
		role       = `"id":"r1","principalId":"aaaaaaaa-0000-4000-8000-000000000001","roleDefinitionId":"29232cdf-9323-42fd-ade2-1d097af3e4de","directoryScopeId":"/"`
		noOne      = `"id":"r1","roleDefinitionId":"29232cdf-9323-42fd-ade2-1d097af3e4de","directoryScopeId":"/"`
		pass       = `"id":"6f1967b7-15e8-4935-ac26-d50770ed07a7","temporaryAccessPass":"+drkzqAD","startDateTime":"2022-06-05T00:00:00Z","lifetimeInMinutes":60`
		group      = `"@odata.type":"#microsoft.graph.group","id":"aaaaaaaa-0000-4000-8000-000000000002","displayName":"g"`
		skus       = `{"value":[{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"AAD_PREMIUM_P2","provisioningStatus":"Success"}]}]}`
		policy     = `"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration","id":"TemporaryAccessPass"`
		bounds     = `"minimumLifetimeInMinutes":10,"maximumLifetimeInMinutes":480,"defaultLifetimeInMinutes":60,"isUsableOnce":false`
		lists      = "/v1.0/roleManagement/directory/"
		ofAda      = "/v1.0/users/aaaaaaaa-0000-4000-8000-000000000001"
		tenantID   = `"id":"11111111-1111-4111-8111-111111111111"`
	)
	until := time.Now().Add(time.Hour)
	list := func(objects ...string) string {
		for i, o := range objects {
			objects[i] = "{" + o + "}"
		}
		return `{"value":[` + strings.Join(objects, ",") + `]}`
	}
	object := func(parts ...string) string { return "{" + strings.Join(parts, ",") + "}" }
	// What no list may be. An empty object is a list without the list.
	badLists := []string{"{}", `{"value":null}`, `{"value":{}}`, `{"value":[null]}`, `{"value":["x"]}`, `{"value":[1]}`, `{"value":[[]]}`, "[]", "null", `"x"`, "", "{"}

	for name, c := range map[string]struct {
		path string
		good string
		bad  []string
		do   func(*Tenant) error
		kind Kind
	}{
		"account": {ofAda, object(account, `"accountEnabled":true`), []string{
			object(account), object(account, `"accountEnabled":null`), object(account, `"accountEnabled":"false"`), object(account, `"accountEnabled":0`),
			`{"accountEnabled":false}`, object(strings.Replace(account, "0001", "0002", 1), `"accountEnabled":true`),
			object(`"id":"ada","userPrincipalName":"ada@contoso.onmicrosoft.com","accountEnabled":false`),
			object(`"id":"aaaaaaaa-0000-4000-8000-000000000001","accountEnabled":false`), "null", "[]", "{}", "", "true",
			object(account, `"accountEnabled":true,"signInSessionsValidFromDateTime":"yesterday"`),
		}, func(t *Tenant) error { _, err := t.Account(background, ada); return err }, Unavailable},

		"account by name": {"/v1.0/users/ada@contoso.onmicrosoft.com", object(account, `"accountEnabled":true`), []string{
			object(strings.Replace(account, "ada@", "eve@", 1), `"accountEnabled":true`),
		}, func(tenant *Tenant) error { _, err := tenant.AccountNamed(background, newAda(t).UPN); return err }, Unavailable},

		"account by marker": {"/v1.0/users", list(account + `,"accountEnabled":true`), append([]string{
			list(account), list(strings.Replace(account, "HG-AEBAGAAAAAAAA", "HG-EVE", 1) + `,"accountEnabled":true`),
			list(strings.Replace(account, `"employeeId"`, `"other"`, 1) + `,"accountEnabled":true`),
		}, badLists...), func(tenant *Tenant) error { _, err := tenant.FindAccount(background, newAda(t).Marker); return err }, Unavailable},

		"creation": {"/v1.0/users", object(account), []string{
			"{}", "", "null", object(`"id":"x","userPrincipalName":"ada@contoso.onmicrosoft.com"`), object(strings.Replace(account, "ada@", "eve@", 1)),
		}, func(tenant *Tenant) error { _, err := tenant.CreateAccount(background, newAda(t)); return err }, Ambiguous},

		"pass": {ofAda + "/authentication/temporaryAccessPassMethods", object(pass), []string{
			"{}", "", "null", object(strings.Replace(pass, "+drkzqAD", "", 1)), object(strings.Replace(pass, `"temporaryAccessPass"`, `"x"`, 1)),
			object(strings.Replace(pass, ":60", ":61", 1)), object(strings.Replace(pass, ":60", ":0", 1)), object(strings.Replace(pass, ":60", ":-60", 1)),
			object(strings.Replace(pass, ":60", ":4294967356", 1)), object(strings.Replace(pass, ":60", ":null", 1)),
			object(strings.Replace(pass, `"startDateTime"`, `"x"`, 1)), object(strings.Replace(pass, "6f1967b7-15e8-4935-ac26-d50770ed07a7", "../..", 1)),
		}, func(t *Tenant) error { _, err := t.IssuePass(background, ada, 60); return err }, Ambiguous},

		"methods": {ofAda + "/authentication/methods", list(`"@odata.type":"#microsoft.graph.phoneAuthenticationMethod","id":"x1"`), append([]string{
			list(`"id":"x1"`), list(`"@odata.type":"#microsoft.graph.phoneAuthenticationMethod"`), list(`"@odata.type":"phoneAuthenticationMethod","id":"x1"`),
			list(`"@odata.type":"#microsoft.graph.phoneAuthenticationMethod","id":"../../x1"`), list(`"@odata.type":"#microsoft.graph.phoneAuthenticationMethod","id":".."`),
			list(`"@odata.type":"#microsoft.graph.a sentence","id":"x1"`), list(`"@odata.type":7,"id":"x1"`),
		}, badLists...), func(t *Tenant) error { _, err := t.Methods(background, ada); return err }, Unavailable},

		"direct roles": {lists + "roleAssignments", list(role), append([]string{
			list(noOne), list(strings.Replace(role, "0001", "0002", 1)), list(strings.Replace(role, `"directoryScopeId"`, `"x"`, 1)),
			list(strings.Replace(role, "29232cdf", "", 1)), list(strings.Replace(role, `"id":"r1"`, `"id":"a/b"`, 1)), list(role, noOne),
		}, badLists...), func(t *Tenant) error { _, err := t.directRoles(background, ada); return err }, Unavailable},

		"scheduled roles": {lists + "roleAssignmentSchedules", list(role), append([]string{
			list(noOne), list(role + `,"scheduleInfo":{"expiration":{"endDateTime":"never"}}`),
		}, badLists...), func(t *Tenant) error { _, err := t.scheduledRoles(background, ada); return err }, Unavailable},

		"eligible roles": {lists + "roleEligibilitySchedules", list(role), append([]string{list(noOne)}, badLists...),
			func(t *Tenant) error { _, err := t.eligibleRoles(background, ada); return err }, Unavailable},

		"schedule request": {lists + "roleAssignmentScheduleRequests", `{"status":"Provisioned"}`, []string{"{}", "", "null", `{"status":7}`},
			func(t *Tenant) error { return t.ExtendRole(background, ada, exchangeAdmin, until) }, Ambiguous},

		"groups": {ofAda + "/transitiveMemberOf", list(group + `,"isAssignableToRole":true`), append([]string{
			list(group), list(group + `,"isAssignableToRole":"true"`), list(group + `,"isAssignableToRole":1`),
			list(strings.Replace(group, `"@odata.type"`, `"x"`, 1) + `,"isAssignableToRole":true`), list(strings.Replace(group, "0002", "zzzz", 1) + `,"isAssignableToRole":true`),
		}, badLists...), func(t *Tenant) error { _, err := t.RoleGroups(background, ada); return err }, Unavailable},

		"licences": {"/v1.0/subscribedSkus", skus, []string{"{}", `{"value":null}`, `{"value":{}}`, `{"value":[1]}`, "", "[]"},
			func(t *Tenant) error { _, err := t.HasPIM(background); return err }, Unavailable},

		"pass policy": {"/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass", object(policy, `"state":"enabled"`, bounds), []string{
			object(policy, bounds), object(policy, `"state":"enabled"`), object(policy, `"state":"enabled"`, strings.Replace(bounds, `"isUsableOnce"`, `"x"`, 1)),
			object(`"id":"TemporaryAccessPass","state":"enabled"`, bounds),
			object(policy, `"state":"perhaps"`, bounds), object(policy, `"state":true`, bounds), "{}", "", "null",
			object(strings.Replace(policy, "temporaryAccessPass", "fido2", 1), `"state":"enabled"`, bounds),
		}, func(t *Tenant) error { _, err := t.PassPolicy(background); return err }, Unavailable},

		"security defaults": {"/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", `{"isEnabled":true}`, []string{"{}", `{"isEnabled":null}`, `{"isEnabled":"false"}`, "", "null"},
			func(t *Tenant) error { _, err := t.SecurityDefaults(background); return err }, Unavailable},

		"role definitions": {lists + "roleDefinitions", list(definition), append([]string{
			list(strings.Replace(definition, "isEnabled", "x", 1)), list(strings.Replace(definition, "isBuiltIn", "x", 1)),
			list(strings.Replace(definition, "displayName", "x", 1)), list(strings.Replace(definition, "29232cdf", "", 1)),
			list(strings.Replace(definition, `"id"`, `"x"`, 1)), list(strings.Replace(definition, "templateId", "x", 1)),
			list(slices.Repeat([]string{definition}, mostRoleDefinitions+1)...),
		}, badLists...), func(t *Tenant) error { _, err := t.DefinedRoles(background); return err }, Unavailable},

		"memberships": {ofAda + "/transitiveMemberOf", list(group), append([]string{list(`"id":"x"`), list(`"displayName":"g"`)}, badLists...),
			func(t *Tenant) error { _, err := t.MemberOf(background, ada); return err }, Unavailable},

		"organization": {"/v1.0/organization", list(tenantID), []string{
			"{}", "", `{"value":[]}`, list(tenantID, tenantID), list(`"id":"x"`), `{"value":[null]}`, list(tenantID + `,"verifiedDomains":[{}]`), list(tenantID + `,"verifiedDomains":[null]`),
		}, func(t *Tenant) error { _, err := t.Organization(background); return err }, Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.graph("GET "+ofAda+"/ownedObjects", answers(200, `{"value":[]}`))
			m.graph(c.path, answers(200, c.good))
			assert.NoError(t, c.do(m.tenant(t, unlimited)), "the test itself: a good answer")
			for i, bad := range append(c.bad, strings.Repeat("[", longestAnswer-1), `{"a":`+strings.Repeat("[", 20000)) {
				m.graph(c.path, answers(200, bad))
				err := c.do(m.tenant(t, unlimited))
				assert.Equal(t, c.kind, KindOf(err), "%d: %.200s: %v", i, bad, err)
			}
		})
	}
}

// right-tenant: an organization that is another one is worse than an unreadable answer.
func TestRightTenantOrganizationOfAnotherTenantIsRefused(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("/v1.0/organization", answers(200, fmt.Sprintf(`{"value":[{"id":%q}]}`, fabrikam)))
	_, err := m.tenant(t).Organization(background)
	assert.Equal(t, &Error{Kind: Unauthenticated, Op: "read organization", Code: CodeWrongTenant}, err)
}

func TestAnUnsettledScheduleIsNotAnAssignedRole(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("/v1.0/subscribedSkus", answers(200, `{"value":[{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"AAD_PREMIUM_P2"}]}]}`))
	tenant := m.tenant(t)
	for status, kind := range map[string]Kind{"Provisioned": "", "PendingApproval": Unavailable, "Failed": Unavailable, "Denied": Unavailable, "": Unavailable} {
		m.graph("/v1.0/roleManagement/directory/roleAssignmentScheduleRequests", answers(201, fmt.Sprintf(`{"status":%q}`, status)))
		scheduled, err := tenant.AssignRole(background, ada, exchangeAdmin, time.Now().Add(time.Hour))
		assert.Equal(t, kind, KindOf(err), status)
		assert.Equal(t, kind == "", scheduled)
	}
}

// What a customer's own role policy refuses is not assigned past it; what PIM merely cannot do is.
func TestWhatPIMRefuses(t *testing.T) {
	for code, direct := range map[string]bool{
		"SubjectNotFound": true, "AadPremiumLicenseRequired": true, "ActiveDurationTooShort": true,
		"RoleAssignmentRequestPolicyValidationFailed": false, "PermissionScopeNotGranted": false, "InvalidRoleAssignmentRequest": false,
	} {
		m := newMicrosoft(t)
		m.graph("/v1.0/subscribedSkus", answers(200, `{"value":[{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"Entra_Identity_Governance"}]}]}`))
		m.graph("/v1.0/roleManagement/directory/roleAssignmentScheduleRequests", refuses(400, code))
		m.graph("POST /v1.0/roleManagement/directory/roleAssignments", answers(201, `{"id":"r1"}`))
		scheduled, err := m.tenant(t).AssignRole(background, ada, exchangeAdmin, time.Now().Add(time.Hour))
		assert.False(t, scheduled)
		assert.Equal(t, direct, err == nil, "%s: %v", code, err)
	}
}

// PIM refuses to take away what began less than five minutes ago, and lags; the directory does neither.
func TestAScheduledRoleIsTakenFromTheDirectoryWherePIMRefuses(t *testing.T) {
	for name, pim := range map[string]http.HandlerFunc{
		"too early":   refuses(400, "ActiveDurationTooShort"),
		"unknown yet": refuses(400, "RoleAssignmentDoesNotExist"),
		"broken":      drop,
	} {
		m := newMicrosoft(t)
		m.graph("/v1.0/roleManagement/directory/roleAssignmentScheduleRequests", pim)
		m.graph("DELETE /v1.0/roleManagement/directory/roleAssignments/{id}", answers(204, ""))
		role := HeldRole{RoleID: exchangeAdmin, Scope: "/", AssignmentID: "r1", Scheduled: true}
		assert.NoError(t, m.tenant(t).RemoveRole(background, ada, role), name)
		assert.Equal(t, "/v1.0/roleManagement/directory/roleAssignments/r1", m.requests()[len(m.requests())-1].path)

		m.graph("DELETE /v1.0/roleManagement/directory/roleAssignments/{id}", refuses(403, "Authorization_RequestDenied"))
		assert.Equal(t, Forbidden, KindOf(m.tenant(t).RemoveRole(background, ada, role)))
		role.AssignmentID = ""
		assert.Equal(t, name != "unknown yet", m.tenant(t).RemoveRole(background, ada, role) != nil, name)
	}
}

// proof-of-off: without a licence there are no schedules, but nobody knows what is held directly until that list is read.
func TestProofOfOff_OnlyWhatPIMListsMayBeMissingForWantOfALicence(t *testing.T) {
	const lists = "/v1.0/roleManagement/directory/"
	m := newMicrosoft(t)
	m.graph("/v1.0/subscribedSkus", answers(200, `{"value":[{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"AAD_PREMIUM_P2"}]}]}`))
	m.graph(lists+"roleAssignmentSchedules", refuses(400, "AadPremiumLicenseRequired"))
	m.graph(lists+"roleEligibilitySchedules", refuses(400, "AadPremiumLicenseRequired"))
	m.graph(lists+"roleAssignments", answers(200, `{"value":[]}`))
	tenant := m.tenant(t)
	_, err := tenant.Roles(background, ada)
	assert.NoError(t, err, "the licence ended since it was read")

	for _, unlicensed := range []http.HandlerFunc{refuses(400, "AadPremiumLicenseRequired"), answers(402, "")} {
		m.graph(lists+"roleAssignments", unlicensed)
		held, err := tenant.Roles(background, ada)
		assert.Equal(t, Unlicensed, KindOf(err), "%v", held)
	}
}

// A list that cannot be read does not hide from whoever takes powers away what the others say.
func TestPowersThatCanBeReadAreKnownBesideOnesThatCannot(t *testing.T) {
	const (
		lists = "/v1.0/roleManagement/directory/"
		ofAda = "/v1.0/users/aaaaaaaa-0000-4000-8000-000000000001/"
		role  = `{"id":"r1","principalId":"aaaaaaaa-0000-4000-8000-000000000001","roleDefinitionId":"29232cdf-9323-42fd-ade2-1d097af3e4de","directoryScopeId":"/"}`
		group = `{"@odata.type":"#microsoft.graph.group","id":"aaaaaaaa-0000-4000-8000-000000000002","displayName":"g","isAssignableToRole":true}`
	)
	hidden := strings.NewReplacer(`"g"`, "null", "true", "null", "0002", "0003").Replace(group)
	good := map[string]http.HandlerFunc{
		"/v1.0/subscribedSkus":             answers(200, `{"value":[{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"AAD_PREMIUM_P2"}]}]}`),
		lists + "roleAssignments":          answers(200, `{"value":[`+role+`]}`),
		lists + "roleAssignmentSchedules":  answers(200, `{"value":[]}`),
		lists + "roleEligibilitySchedules": answers(200, `{"value":[]}`),
		ofAda + "transitiveMemberOf":       answers(200, `{"value":[`+hidden+`,`+group+`]}`),
		ofAda + "ownedObjects":             answers(200, `{"value":[]}`),
	}
	for _, broken := range []string{"/v1.0/subscribedSkus", lists + "roleAssignmentSchedules", lists + "roleEligibilitySchedules"} {
		m := newMicrosoft(t)
		for path, answer := range good {
			m.graph(path, answer)
		}
		m.graph(broken, refuses(503, "ServiceUnavailable"))
		held, err := m.tenant(t).Roles(background, ada)
		assert.Equal(t, Unavailable, KindOf(err), broken)
		if assert.Len(t, held, 1, broken) {
			assert.Equal(t, "r1", held[0].AssignmentID)
		}
		groups, err := m.tenant(t).RoleGroups(background, ada)
		assert.Equal(t, CodeHiddenGroup, err.(*Error).Code)
		assert.Len(t, groups, 1, "behind one that is hidden")
	}
	m := newMicrosoft(t)
	m.graph(ofAda+"transitiveMemberOf", refuses(503, "ServiceUnavailable"))
	m.graph(ofAda+"ownedObjects", answers(200, `{"value":[`+group+`]}`))
	groups, err := m.tenant(t).RoleGroups(background, ada)
	assert.Equal(t, Unavailable, KindOf(err))
	assert.Len(t, groups, 1)
}

func TestLicencesThatBringPIM(t *testing.T) {
	for name, c := range map[string]struct {
		sku string
		pim bool
	}{
		"P2":                     {`{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"AAD_PREMIUM"},{"servicePlanName":"AAD_PREMIUM_P2","provisioningStatus":"Success"}]}`, true},
		"governance":             {`{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"Entra_Identity_Governance","provisioningStatus":"Success"}]}`, true},
		"in its grace period":    {`{"capabilityStatus":"Warning","servicePlans":[{"servicePlanName":"AAD_PREMIUM_P2","provisioningStatus":"Success"}]}`, true},
		"P1":                     {`{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"AAD_PREMIUM","provisioningStatus":"Success"}]}`, false},
		"suspended":              {`{"capabilityStatus":"Suspended","servicePlans":[{"servicePlanName":"AAD_PREMIUM_P2","provisioningStatus":"Success"}]}`, false},
		"the plan is turned off": {`{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanName":"AAD_PREMIUM_P2","provisioningStatus":"Disabled"}]}`, false},
		"no plans":               {`{"capabilityStatus":"Enabled"}`, false},
	} {
		m := newMicrosoft(t)
		m.graph("/v1.0/subscribedSkus", answers(200, `{"value":[`+c.sku+`]}`))
		pim, err := m.tenant(t).HasPIM(background)
		assert.NoError(t, err)
		assert.Equal(t, c.pim, pim, name)
	}
}

var exchangeAdmin = access.MustID[access.RoleID]("29232cdf-9323-42fd-ade2-1d097af3e4de")

// Whom the policy includes is not guessed: a target that cannot be read leaves it open, and fails no pass.
func TestPassTargetsThatCannotBeReadAreNotGuessed(t *testing.T) {
	const policy = `"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration","id":"TemporaryAccessPass","state":"enabled",
		"minimumLifetimeInMinutes":10,"maximumLifetimeInMinutes":480,"defaultLifetimeInMinutes":60,"isUsableOnce":false`
	for targets, known := range map[string]bool{
		`"includeTargets":[{"id":"all_users"}]`:  true,
		`"includeTargets":[]`:                    true,
		`"includeTargets":[{"id":"some_users"}]`: false,
		`"includeTargets":[null]`:                false,
		`"includeTargets":[{}]`:                  false,
		`"includeTargets":[{"id":"all_users"}],"excludeTargets":[{"id":"nobody"}]`: false,
	} {
		m := newMicrosoft(t)
		m.graph("/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass", answers(200, "{"+policy+","+targets+"}"))
		got, err := m.tenant(t, unlimited).PassPolicy(background)
		assert.NoError(t, err, targets)
		assert.True(t, got.Allows(60))
		assert.Equal(t, known, got.Targets != nil, targets)
	}
}
