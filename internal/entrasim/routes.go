package entrasim

import (
	"strconv"
	"strings"
)

// workload is the Microsoft service behind a route: it decides the spelling of error codes and the throttling class.
type workload int

const (
	directoryWorkload workload = iota
	methodsWorkload            // authentication methods: lower-case error codes
	reportsWorkload            // audit logs
)

// route is one Graph operation. Templates are written as in Microsoft's permission tables, every key as {id}.
type route struct {
	method, template string
	run              func(*call) (answer, error)
	accepts          *shape   // the request body; nil: none
	options          []string // the query options that Graph takes here
	workload         workload
	beta             bool // only under /beta
}

// pattern is the route for http.ServeMux: the nth {id} becomes {idn}, for ServeMux wants distinct names.
func (r *route) pattern() string {
	version, path := "/v1.0", r.template
	if r.beta {
		version = "/beta"
	}
	for n := 1; strings.Contains(path, "{id}"); n++ {
		path = strings.Replace(path, "{id}", "{id"+strconv.Itoa(n)+"}", 1)
	}
	return r.method + " " + version + path
}

// key is the nth key in the path, as Graph compares it: without regard to case where it is a GUID.
func (c *call) key(n int) string { return c.request.PathValue("id" + strconv.Itoa(n)) }

var (
	selectOnly  = []string{"$select"}
	listOptions = []string{"$select", "$filter", "$top", "$skiptoken", "$count", "$orderby"}
	roleOptions = []string{"$select", "$filter", "$expand", "$top", "$skiptoken", "$count"}
)

var routes = []route{
	{method: "GET", template: "/users", run: listUsers, options: listOptions},
	{method: "POST", template: "/users", run: createUser, accepts: userShape},
	{method: "GET", template: "/users/{id}", run: getUser, options: selectOnly},
	{method: "PATCH", template: "/users/{id}", run: updateUser, accepts: userShape},
	{method: "DELETE", template: "/users/{id}", run: deleteUser},
	{method: "POST", template: "/users/{id}/revokeSignInSessions", run: revokeSessions},
	{method: "GET", template: "/users/{id}/memberOf", run: listMemberOf(false), options: listOptions},
	{method: "GET", template: "/users/{id}/transitiveMemberOf", run: listMemberOf(true), options: listOptions},
	{method: "GET", template: "/users/{id}/ownedObjects", run: listOwned, options: listOptions},
	{method: "DELETE", template: "/groups/{id}/members/{id}/$ref", run: removeFromGroup(false)},
	{method: "DELETE", template: "/groups/{id}/owners/{id}/$ref", run: removeFromGroup(true)},
	{method: "GET", template: "/directory/deletedItems/microsoft.graph.user", run: listDeleted, options: listOptions},
	{method: "GET", template: "/directory/deletedItems/graph.user", run: listDeleted, options: listOptions},
	{method: "POST", template: "/directory/deletedItems/{id}/restore", run: restoreUser, accepts: restoreShape},

	{method: "GET", template: "/organization", run: listOrganization, options: listOptions},
	{method: "GET", template: "/domains", run: listDomains, options: listOptions},
	{method: "GET", template: "/subscribedSkus", run: listSKUs, options: selectOnly},
	{method: "GET", template: "/policies/authenticationMethodsPolicy", run: getMethodsPolicy, options: selectOnly},
	{method: "GET", template: "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}", run: getMethodConfiguration, options: selectOnly},
	{method: "GET", template: "/policies/identitySecurityDefaultsEnforcementPolicy", run: getSecurityDefaults, options: selectOnly},

	{method: "GET", template: "/roleManagement/directory/roleDefinitions", run: listRoleDefinitions, options: listOptions},
	{method: "GET", template: "/roleManagement/directory/roleDefinitions/{id}", run: getRoleDefinition, options: selectOnly},
	{method: "GET", template: "/roleManagement/directory/roleAssignments", run: listAssignments, options: roleOptions},
	{method: "POST", template: "/roleManagement/directory/roleAssignments", run: createAssignment, accepts: assignmentShape},
	{method: "GET", template: "/roleManagement/directory/roleAssignments/{id}", run: getAssignment, options: roleOptions},
	{method: "DELETE", template: "/roleManagement/directory/roleAssignments/{id}", run: deleteAssignment},
	{method: "GET", template: "/roleManagement/directory/roleAssignmentSchedules", run: listSchedules, options: roleOptions},
	{method: "GET", template: "/roleManagement/directory/roleAssignmentScheduleInstances", run: listInstances, options: roleOptions},
	{method: "GET", template: "/roleManagement/directory/roleAssignmentScheduleRequests", run: listScheduleRequests, options: roleOptions},
	{method: "POST", template: "/roleManagement/directory/roleAssignmentScheduleRequests", run: createScheduleRequest, accepts: scheduleShape},
	{method: "GET", template: "/roleManagement/directory/roleAssignmentScheduleRequests/{id}", run: getScheduleRequest, options: roleOptions},
	{method: "GET", template: "/roleManagement/directory/roleEligibilitySchedules", run: listEligibleSchedules, options: roleOptions},
	{method: "GET", template: "/roleManagement/directory/roleEligibilityScheduleInstances", run: listEligibilities, options: roleOptions},
	{method: "POST", template: "/roleManagement/directory/roleEligibilityScheduleRequests", run: createEligibilityRequest, accepts: scheduleShape},

	{method: "GET", template: "/auditLogs/directoryAudits", run: listAudits, options: listOptions, workload: reportsWorkload},
	{method: "GET", template: "/auditLogs/directoryAudits/{id}", run: getAudit, options: selectOnly, workload: reportsWorkload},
	{method: "GET", template: "/auditLogs/signIns", run: listSignIns, options: listOptions, workload: reportsWorkload},

	{method: "GET", template: "/users/{id}/authentication/methods", run: listMethods, options: listOptions, workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/passwordMethods", run: listPasswordMethods, options: listOptions, workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/temporaryAccessPassMethods", run: listKind(TemporaryPass), options: listOptions, workload: methodsWorkload},
	{method: "POST", template: "/users/{id}/authentication/temporaryAccessPassMethods", run: createPass, accepts: passShape, workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/temporaryAccessPassMethods/{id}", run: getMethod(TemporaryPass), options: selectOnly, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/temporaryAccessPassMethods/{id}", run: deleteMethod(TemporaryPass), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/phoneMethods", run: listKind(Phone), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/phoneMethods/{id}", run: deleteMethod(Phone), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/microsoftAuthenticatorMethods", run: listKind(Authenticator), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/microsoftAuthenticatorMethods/{id}", run: deleteMethod(Authenticator), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/softwareOathMethods", run: listKind(SoftwareOATH), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/softwareOathMethods/{id}", run: deleteMethod(SoftwareOATH), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/hardwareOathMethods", run: listKind(HardwareOATH), options: listOptions, workload: methodsWorkload, beta: true},
	{method: "DELETE", template: "/users/{id}/authentication/hardwareOathMethods/{id}", run: deleteMethod(HardwareOATH), workload: methodsWorkload, beta: true},
	{method: "GET", template: "/users/{id}/authentication/fido2Methods", run: listKind(FIDO2), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/fido2Methods/{id}", run: deleteMethod(FIDO2), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/windowsHelloForBusinessMethods", run: listKind(WindowsHello), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/windowsHelloForBusinessMethods/{id}", run: deleteMethod(WindowsHello), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/platformCredentialMethods", run: listKind(PlatformCredential), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/platformCredentialMethods/{id}", run: deleteMethod(PlatformCredential), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/emailMethods", run: listKind(Email), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/emailMethods/{id}", run: deleteMethod(Email), workload: methodsWorkload},
	{method: "GET", template: "/users/{id}/authentication/externalAuthenticationMethods", run: listKind(External), options: listOptions, workload: methodsWorkload},
	{method: "DELETE", template: "/users/{id}/authentication/externalAuthenticationMethods/{id}", run: deleteMethod(External), workload: methodsWorkload},
}
