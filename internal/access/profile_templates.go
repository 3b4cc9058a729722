package access

import "time"

// ProfileTemplates are ready-made profiles to start from; they have no id.
var ProfileTemplates = []Profile{
	template("Help desk", []RoleID{roleHelpdeskAdministrator}, 4, Profile{ReasonRequired: true}),
	template("User administration", []RoleID{roleUserAdministrator, roleGroupsAdministrator, roleLicenseAdministrator, roleAuthenticationAdministrator}, 4, Profile{ReasonRequired: true}),
	template("Exchange", []RoleID{roleExchangeAdministrator}, 4, Profile{ReasonRequired: true}),
	template("Intune", []RoleID{roleIntuneAdministrator}, 4, Profile{ReasonRequired: true}),
	template("Security reader", []RoleID{roleSecurityReader}, 8, Profile{}),
	template("Global Administrator", []RoleID{roleGlobalAdministrator}, 2, Profile{ReasonRequired: true, TicketRequired: true, ApprovalRequired: true}),
}

// template completes the rules: a pass, which counts as multi-factor, and half of the longest lifetime by default.
func template(name string, roles []RoleID, longestHours int, rules Profile) Profile {
	rules.Name, rules.Roles, rules.Credential = Name{name}, roles, PassOnly
	longest := time.Duration(longestHours) * time.Hour
	rules.Limits = Limits{standard: Lifetime{longest / 2}, maximum: Lifetime{longest}}
	return rules
}
