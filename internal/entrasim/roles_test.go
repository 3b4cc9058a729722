package entrasim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

const (
	assignments = "/roleManagement/directory/roleAssignments"
	exchange    = "29232cdf-9323-42fd-ade2-1d097af3e4de"
)

func TestRoleAssignments(t *testing.T) {
	w := newWorld(t)
	ada := w.create(contoso, "ada")
	id := w.assign(contoso, ada, exchange)
	body := fields{"principalId": ada, "roleDefinitionId": exchange, "directoryScopeId": "/"}
	w.expect(400, "Request_BadRequest", contoso, "POST", assignments, body)

	held := w.expect(200, "", contoso, "GET", assignments+"?$filter=principalId eq '"+ada+"'&$expand=roleDefinition", nil).values()
	require.Len(t, held, 1)
	require.Equal(t, "Exchange Administrator", held[0]["roleDefinition"].(fields)["displayName"])
	a, _ := w.User(contoso, ada)
	require.Equal(t, []string{"Exchange Administrator"}, a.Roles)

	w.expect(204, "", contoso, "DELETE", assignments+"/"+id, nil)
	w.expect(404, "Request_ResourceNotFound", contoso, "DELETE", assignments+"/"+id, nil)
	require.Empty(t, w.expect(200, "", contoso, "GET", assignments+"?$filter=principalId eq '"+ada+"'", nil).values())

	body["principalId"] = "00000000-0000-0000-0000-000000000000"
	w.expect(404, "Request_ResourceNotFound", contoso, "POST", assignments, body)
	require.GreaterOrEqual(t, len(w.expect(200, "", contoso, "GET", "/roleManagement/directory/roleDefinitions", nil).values()), 33)
}

// TestPrivilegedTargets is section "Who can perform sensitive actions": what an app may do to whom, by the target's
// roles, the app's own roles and the reading of the rule about passwords.
func TestPrivilegedTargets(t *testing.T) {
	w := newWorld(t)
	custom, err := w.AddCustomRole(contoso, "Custom")
	require.NoError(t, err)
	targets := map[string]string{
		"nobody": w.create(contoso, "nobody"), "low": w.create(contoso, "low"), "authadmin": w.create(contoso, "authadmin"),
		"high": w.create(contoso, "high"), "custom": w.create(contoso, "custom"), "member": w.create(contoso, "member"), "owner": w.create(contoso, "owner"),
	}
	w.assign(contoso, targets["low"], "729827e3-9c14-49f7-bb1b-9608f156bbb8") // Helpdesk Administrator
	w.assign(contoso, targets["authadmin"], entrasim.RoleAuthenticationAdministrator)
	w.assign(contoso, targets["high"], exchange)
	w.assign(contoso, targets["custom"], custom)
	_, err = w.AddGroup(contoso, entrasim.GroupSpec{Name: "Tier zero", RoleAssignable: true, Members: []string{targets["member"]}, Owners: []string{targets["owner"]}})
	require.NoError(t, err)

	none, userAdmin, paa := "", entrasim.RoleUserAdministrator, entrasim.RolePrivilegedAuthenticationAdministrator
	protected := []string{"high", "custom", "member", "owner"}
	enable, password := fields{"accountEnabled": true}, fields{"passwordProfile": fields{"password": "Correct-Horse-8"}}
	for _, c := range []struct {
		rule    entrasim.PasswordRule
		appRole string
		body    fields
		allowed []string
		refused []string
	}{
		{entrasim.PasswordRuleStrict, none, enable, []string{"nobody"}, append([]string{"low", "authadmin"}, protected...)},
		{entrasim.PasswordRuleStrict, none, password, nil, append([]string{"nobody", "low", "authadmin"}, protected...)},
		{entrasim.PasswordRuleObserved, none, password, []string{"nobody"}, append([]string{"low", "authadmin"}, protected...)},
		{entrasim.PasswordRuleStrict, userAdmin, password, []string{"nobody", "low"}, append([]string{"authadmin"}, protected...)},
		{entrasim.PasswordRuleStrict, userAdmin, enable, []string{"nobody", "low"}, append([]string{"authadmin"}, protected...)},
		{entrasim.PasswordRuleStrict, userAdmin, fields{"department": "x"}, append([]string{"nobody", "low", "authadmin"}, protected...), nil},
		{entrasim.PasswordRuleStrict, paa, password, append([]string{"nobody", "low", "authadmin"}, protected...), nil},
	} {
		sp, _ := w.ServicePrincipal(contoso, entrasim.SampleClientID)
		for _, role := range sp.Roles {
			require.NoError(t, w.RemoveRoleFromServicePrincipal(contoso, entrasim.SampleClientID, role))
		}
		if c.appRole != none {
			require.NoError(t, w.AssignRoleToServicePrincipal(contoso, entrasim.SampleClientID, c.appRole))
		}
		require.NoError(t, w.SetPasswordRule(contoso, c.rule))
		for _, name := range c.allowed {
			r := w.graph(contoso, "PATCH", "/users/"+targets[name], c.body)
			require.Equal(t, 204, r.status, "%s on %s: %s", c.rule, name, r.raw)
		}
		for _, name := range c.refused {
			r := w.graph(contoso, "PATCH", "/users/"+targets[name], c.body)
			require.Equal(t, "Authorization_RequestDenied", r.code(), "%s, app holds %q: %v on %s", c.rule, c.appRole, c.body, name)
		}
	}
	w.expect(200, "", contoso, "POST", "/users/"+targets["high"]+"/revokeSignInSessions", nil)
	require.NoError(t, w.RemoveRoleFromServicePrincipal(contoso, entrasim.SampleClientID, paa))
	w.expect(403, "Authorization_RequestDenied", contoso, "POST", "/users/"+targets["high"]+"/revokeSignInSessions", nil)
	w.expect(403, "Authorization_RequestDenied", contoso, "DELETE", "/users/"+targets["high"], nil)
}

// TestPatchIsAuthorisedAsAWhole: a refused password part takes the disable down with it.
func TestPatchIsAuthorisedAsAWhole(t *testing.T) {
	w := newWorld(t)
	ada := w.create(contoso, "ada")
	w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": true})
	require.NoError(t, w.RevokePermissions(contoso, entrasim.SampleClientID, "User-PasswordProfile.ReadWrite.All"))
	w.fresh()
	both := fields{"accountEnabled": false, "passwordProfile": fields{"password": "Correct-Horse-8"}}
	w.expect(403, "Authorization_RequestDenied", contoso, "PATCH", "/users/"+ada, both)
	a, _ := w.User(contoso, ada)
	require.True(t, a.AccountEnabled)
	w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": false})
}

func TestRemovedRoleIsSeenForAWhile(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.SetDelays(contoso, entrasim.Delays{RoleRemoval: entrasim.Duration(20 * time.Second)}))
	ada := w.create(contoso, "ada")
	id := w.assign(contoso, ada, exchange)
	w.expect(204, "", contoso, "DELETE", assignments+"/"+id, nil)
	list := assignments + "?$filter=principalId eq '" + ada + "'"
	require.Len(t, w.expect(200, "", contoso, "GET", list, nil).values(), 1)
	w.expect(403, "Authorization_RequestDenied", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": false})
	a, _ := w.User(contoso, ada)
	require.Empty(t, a.Roles, "the truth has no delay")
	w.clock.Advance(20 * time.Second)
	require.Empty(t, w.expect(200, "", contoso, "GET", list, nil).values())
	w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"accountEnabled": false})
}

func TestGroups(t *testing.T) {
	w := newWorld(t)
	ada, ben := w.create(contoso, "ada"), w.create(contoso, "ben")
	inner, err := w.AddGroup(contoso, entrasim.GroupSpec{Name: "Inner", Members: []string{ada}})
	require.NoError(t, err)
	_, err = w.AddGroup(contoso, entrasim.GroupSpec{Name: "Outer", Members: []string{inner}})
	require.NoError(t, err)
	admins, err := w.AddGroup(contoso, entrasim.GroupSpec{Name: "Admins", RoleAssignable: true, Members: []string{ada}, Owners: []string{ben}, Roles: []string{"Exchange Administrator"}})
	require.NoError(t, err)

	list := w.expect(200, "", contoso, "GET", "/users/"+ada+"/transitiveMemberOf", nil).values()
	names := map[any]any{}
	for _, o := range list {
		names[o["displayName"]] = o["isAssignableToRole"]
	}
	require.Equal(t, map[any]any{"Inner": false, "Outer": false, "Admins": true, "Exchange Administrator": nil}, names)
	require.Len(t, w.expect(200, "", contoso, "GET", "/users/"+ben+"/ownedObjects", nil).values(), 1)
	a, _ := w.User(contoso, ada)
	require.Equal(t, []string{"Exchange Administrator"}, a.Roles)

	require.NoError(t, w.RevokePermissions(contoso, entrasim.SampleClientID, "GroupMember.ReadWrite.All"))
	w.fresh()
	for _, o := range w.expect(200, "", contoso, "GET", "/users/"+ada+"/transitiveMemberOf", nil).values() {
		if o["@odata.type"] == "#microsoft.graph.group" {
			require.Nil(t, o["displayName"], "without a permission for groups only ids are told")
		}
	}
	w.expect(403, "Authorization_RequestDenied", contoso, "DELETE", "/groups/"+admins+"/members/"+ada+"/$ref", nil)
	require.NoError(t, w.Consent(contoso, entrasim.SampleClientID))
	w.fresh()
	w.expect(204, "", contoso, "DELETE", "/groups/"+admins+"/members/"+ada+"/$ref", nil)
	w.expect(404, "Request_ResourceNotFound", contoso, "DELETE", "/groups/"+admins+"/members/"+ada+"/$ref", nil)
	w.expect(204, "", contoso, "DELETE", "/groups/"+admins+"/owners/"+ben+"/$ref", nil)
	require.NoError(t, w.RevokePermissions(contoso, entrasim.SampleClientID, "RoleManagement.ReadWrite.Directory"))
	w.fresh()
	w.expect(403, "Authorization_RequestDenied", contoso, "DELETE", "/groups/"+admins+"/owners/"+ben+"/$ref", nil)
}

func TestSchedules(t *testing.T) {
	const requests, schedules, instances = "/roleManagement/directory/roleAssignmentScheduleRequests",
		"/roleManagement/directory/roleAssignmentSchedules", "/roleManagement/directory/roleAssignmentScheduleInstances"
	w := newWorld(t)
	require.NoError(t, w.SetDelays(fabrikam, entrasim.Delays{PIM: entrasim.Duration(time.Minute)}))
	ada := w.create(fabrikam, "ada")
	request := func(action, duration string) fields {
		return fields{"action": action, "justification": "ticket 42", "roleDefinitionId": exchange, "directoryScopeId": "/", "principalId": ada,
			"scheduleInfo": fields{"startDateTime": w.clock.Now().Format(time.RFC3339), "expiration": fields{"type": "afterDuration", "duration": duration}}}
	}
	w.expect(400, "AadPremiumLicenseRequired", contoso, "POST", requests, request("adminAssign", "PT2H"))
	w.expect(400, "AadPremiumLicenseRequired", contoso, "GET", schedules, nil)
	w.expect(404, "SubjectNotFound", fabrikam, "POST", requests, request("adminAssign", "PT2H"))
	w.clock.Advance(time.Minute)
	w.expect(400, "InvalidRoleAssignmentRequest", fabrikam, "POST", requests, request("adminAssign", "2 hours"))
	w.expect(400, "RoleAssignmentDoesNotExist", fabrikam, "POST", requests, request("adminExtend", "PT2H"))
	r := w.expect(201, "", fabrikam, "POST", requests, request("adminAssign", "PT2H"))
	require.Equal(t, "Provisioned", r.str("status"))
	w.expect(400, "RoleAssignmentExists", fabrikam, "POST", requests, request("adminAssign", "PT2H"))
	for _, path := range []string{schedules, instances, assignments} {
		require.Len(t, w.expect(200, "", fabrikam, "GET", path+"?$expand=roleDefinition&$filter=principalId eq '"+ada+"'", nil).values(), 1, path)
	}
	w.expect(201, "", fabrikam, "POST", requests, request("adminExtend", "PT3H"))
	w.clock.Advance(2 * time.Hour)
	held, _ := w.User(fabrikam, ada)
	require.NotEmpty(t, held.Roles, "extended")
	w.clock.Advance(time.Hour)
	held, _ = w.User(fabrikam, ada)
	require.Empty(t, held.Roles, "Microsoft ends a time-bound assignment by itself")
	w.fresh()
	require.Empty(t, w.expect(200, "", fabrikam, "GET", assignments+"?$filter=principalId eq '"+ada+"'", nil).values())

	w.expect(201, "", fabrikam, "POST", requests, request("adminAssign", "PT2H"))
	require.Equal(t, "Revoked", w.expect(201, "", fabrikam, "POST", requests,
		fields{"action": "adminRemove", "roleDefinitionId": exchange, "directoryScopeId": "/", "principalId": ada}).str("status"))
	held, _ = w.User(fabrikam, ada)
	require.Empty(t, held.Roles)

	require.NoError(t, w.AddEligibility(fabrikam, ada, "Global Reader", 0))
	const eligible = "/roleManagement/directory/roleEligibilityScheduleInstances"
	left := w.expect(200, "", fabrikam, "GET", eligible+"?$filter=principalId eq '"+ada+"'", nil).values()
	require.Len(t, left, 1)
	w.expect(201, "", fabrikam, "POST", "/roleManagement/directory/roleEligibilityScheduleRequests",
		fields{"action": "adminRemove", "roleDefinitionId": left[0]["roleDefinitionId"], "directoryScopeId": "/", "principalId": ada})
	require.Empty(t, w.expect(200, "", fabrikam, "GET", eligible, nil).values())

	require.NoError(t, w.AddEligibility(fabrikam, ada, "Global Reader", time.Hour))
	require.Empty(t, w.expect(200, "", fabrikam, "GET", eligible, nil).values(), "not yet")
	require.Len(t, w.expect(200, "", fabrikam, "GET", "/roleManagement/directory/roleEligibilitySchedules", nil).values(), 1)
}
