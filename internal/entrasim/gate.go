package entrasim

import (
	"net/http"
	"slices"
	"strings"
)

// gates is the permission table: any one of an operation's application permissions opens it. It follows Microsoft's
// permissions.json (2026-08-07) without the permissions for agent identities, device management and cross-cloud; a test
// compares the two. What a PATCH of a user needs depends on its properties, see patchNeeds.
var gates = map[string]string{
	"GET /users": "Directory.Read.All Directory.ReadWrite.All User.Read.All User.ReadBasic.All User.ReadWrite.All",

	"POST /users":        "Directory.ReadWrite.All User.ReadWrite.All",
	"GET /users/{id}":    "Directory.Read.All Directory.ReadWrite.All User.Read.All User.ReadBasic.All User.ReadWrite.All",
	"DELETE /users/{id}": "User.DeleteRestore.All User.ReadWrite.All",
	"PATCH /users/{id}": "Directory.ReadWrite.All User-Mail.ReadWrite.All User-PasswordProfile.ReadWrite.All User-Phone.ReadWrite.All " +
		"User.EnableDisableAccount.All User.ManageIdentities.All User.ReadWrite.All",
	"POST /users/{id}/revokeSignInSessions": "Directory.ReadWrite.All User.ReadWrite.All User.RevokeSessions.All",

	"GET /users/{id}/memberOf":           "Directory.Read.All Directory.ReadWrite.All Group.ReadBasic.All GroupMember.ReadBasic.All",
	"GET /users/{id}/transitiveMemberOf": "Directory.Read.All Directory.ReadWrite.All Group.Read.All Group.ReadBasic.All GroupMember.Read.All GroupMember.ReadBasic.All User.Read.All",
	"GET /users/{id}/ownedObjects":       "Directory.Read.All Directory.ReadWrite.All User.Read.All User.ReadWrite.All",

	"DELETE /groups/{id}/members/{id}/$ref": "GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
	"DELETE /groups/{id}/owners/{id}/$ref":  "GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",

	"GET /directory/deletedItems/microsoft.graph.user": "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All User.DeleteRestore.All",
	"GET /directory/deletedItems/graph.user":           "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All User.DeleteRestore.All",
	"POST /directory/deletedItems/{id}/restore":        "User.DeleteRestore.All User.ReadWrite.All",

	"GET /organization":   "Directory.Read.All Directory.ReadWrite.All Organization.Read.All Organization.ReadWrite.All User.Read.All",
	"GET /domains":        "Directory.Read.All Domain.Read.All Domain.ReadWrite.All",
	"GET /subscribedSkus": "Directory.Read.All Directory.ReadWrite.All LicenseAssignment.Read.All Organization.Read.All Organization.ReadWrite.All",

	"GET /policies/authenticationMethodsPolicy":                                         "Policy.Read.All Policy.Read.AuthenticationMethod Policy.ReadWrite.AuthenticationMethod",
	"GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}": "Policy.Read.All Policy.Read.AuthenticationMethod Policy.ReadWrite.AuthenticationMethod",
	"GET /policies/identitySecurityDefaultsEnforcementPolicy":                           "Policy.Read.All Policy.ReadWrite.SecurityDefaults",

	"GET /roleManagement/directory/roleDefinitions":         readRoleDefinitions,
	"GET /roleManagement/directory/roleDefinitions/{id}":    readRoleDefinitions,
	"GET /roleManagement/directory/roleAssignments":         readAssignments,
	"GET /roleManagement/directory/roleAssignments/{id}":    readAssignments,
	"POST /roleManagement/directory/roleAssignments":        "RoleManagement.ReadWrite.Directory",
	"DELETE /roleManagement/directory/roleAssignments/{id}": "RoleManagement.ReadWrite.Directory",

	"GET /roleManagement/directory/roleAssignmentSchedules":             readSchedules,
	"GET /roleManagement/directory/roleAssignmentScheduleInstances":     readSchedules,
	"GET /roleManagement/directory/roleAssignmentScheduleRequests":      "RoleAssignmentSchedule.ReadWrite.Directory RoleManagement.ReadWrite.Directory",
	"GET /roleManagement/directory/roleAssignmentScheduleRequests/{id}": "RoleAssignmentSchedule.ReadWrite.Directory RoleManagement.ReadWrite.Directory",
	"POST /roleManagement/directory/roleAssignmentScheduleRequests": "RoleAssignmentSchedule.ReadWrite.Directory RoleAssignmentSchedule.Remove.Directory " +
		"RoleEligibilitySchedule.Remove.Directory RoleManagement.ReadWrite.Directory",
	"GET /roleManagement/directory/roleEligibilitySchedules":         readEligibilities,
	"GET /roleManagement/directory/roleEligibilityScheduleInstances": readEligibilities,
	"POST /roleManagement/directory/roleEligibilityScheduleRequests": "RoleEligibilitySchedule.ReadWrite.Directory RoleManagement.ReadWrite.Directory",

	"GET /auditLogs/directoryAudits":      "AuditLog.Read.All Directory.Read.All",
	"GET /auditLogs/directoryAudits/{id}": "AuditLog.Read.All Directory.Read.All",
	"GET /auditLogs/signIns":              "AuditLog.Read.All",

	"GET /users/{id}/authentication/methods": "UserAuthenticationMethod.Read.All UserAuthenticationMethod.ReadWrite.All",
	"GET /users/{id}/authentication/passwordMethods": "UserAuthenticationMethod.Read.All UserAuthenticationMethod.ReadWrite.All " +
		"UserAuthMethod-Password.Read.All UserAuthMethod-Password.ReadWrite.All",
}

const (
	readRoleDefinitions = "Directory.Read.All Directory.ReadWrite.All RoleManagement.Read.All RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory"
	readAssignments     = "Directory.Read.All Directory.ReadWrite.All RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory"
	readEligibilities   = "RoleEligibilitySchedule.Read.Directory RoleEligibilitySchedule.ReadWrite.Directory " +
		"RoleManagement.Read.All RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory"
	readSchedules = "RoleAssignmentSchedule.Read.Directory RoleAssignmentSchedule.ReadWrite.Directory RoleManagement.Read.All " +
		"RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory"
)

// permissions gives what opens a route. The typed sign-in methods follow one rule for every family.
func (r *route) permissions() []string {
	if listed, ok := gates[r.method+" "+r.template]; ok {
		return strings.Fields(listed)
	}
	for kind, k := range methodKinds {
		if !strings.Contains(r.template, "/authentication/"+string(kind)) {
			continue
		}
		all := []string{"UserAuthenticationMethod.ReadWrite.All", "UserAuthMethod-" + k.family + ".ReadWrite.All"}
		if r.method == http.MethodGet {
			all = append(all, "UserAuthenticationMethod.Read.All", "UserAuthMethod-"+k.family+".Read.All")
		}
		return all
	}
	return nil
}

// gate refuses a call whose token lacks the permission.
func (c *call) gate() error {
	if c.route == wrongPath || c.route == wrongMethod {
		return nil
	}
	if !c.may(c.route.permissions()...) {
		return denied()
	}
	return nil
}

// may says whether the token carries any of the permissions.
func (c *call) may(permissions ...string) bool {
	return slices.ContainsFunc(permissions, func(p string) bool { return slices.Contains(c.claims.Roles, p) })
}

// patchNeeds are the properties of a user whose change needs another permission than User.ReadWrite.All: every
// alternative is a set that must be complete. A PATCH is authorised as a whole.
var patchNeeds = map[string][][]string{
	"accountEnabled": {{"User.ReadWrite.All"}, {"Directory.ReadWrite.All"},
		{"User.EnableDisableAccount.All", "User.Read.All"}},
	"passwordProfile": {{"User-PasswordProfile.ReadWrite.All"}},
	"businessPhones":  {{"User.ReadWrite.All"}, {"Directory.ReadWrite.All"}, {"User-Phone.ReadWrite.All"}},
	"mobilePhone":     {{"User.ReadWrite.All"}, {"Directory.ReadWrite.All"}, {"User-Phone.ReadWrite.All"}},
	"otherMails":      {{"User.ReadWrite.All"}, {"Directory.ReadWrite.All"}, {"User-Mail.ReadWrite.All"}},
	"identities":      {{"User.ManageIdentities.All"}},
	"":                {{"User.ReadWrite.All"}, {"Directory.ReadWrite.All"}},
}

// mayPatch says whether the token's permissions cover every property of a PATCH.
func (c *call) mayPatch(body object) bool {
	for name := range body {
		alternatives, ok := patchNeeds[name]
		if !ok {
			alternatives = patchNeeds[""]
		}
		if !slices.ContainsFunc(alternatives, func(all []string) bool {
			return !slices.ContainsFunc(all, func(p string) bool { return !c.may(p) })
		}) {
			return false
		}
	}
	return true
}

// Gate is one row of the permission table: any one of the permissions opens the route.
type Gate struct {
	Method, Template string
	Permissions      []string
}

// Gates gives the permission table, for comparison with Microsoft's.
func Gates() []Gate {
	var list []Gate
	for i := range routes {
		list = append(list, Gate{Method: routes[i].method, Template: routes[i].template, Permissions: routes[i].permissions()})
	}
	return list
}
