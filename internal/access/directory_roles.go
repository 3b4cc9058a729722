package access

import "slices"

// DirectoryRole is a built-in role of Entra. Its template id is the same in every tenant.
type DirectoryRole struct {
	ID   RoleID
	Name string
	// Privileged: Microsoft marks it so. Most calls on an account that holds it are refused to apps.
	Privileged bool
}

// DirectoryRoles are the roles that are known by name, sorted by name, as Microsoft's page of built-in
// roles had them on 2026-01-20 (https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference).
var DirectoryRoles = []DirectoryRole{
	{MustID[RoleID]("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"), "Application Administrator", true},
	{roleAuthenticationAdministrator, "Authentication Administrator", true},
	{MustID[RoleID]("0526716b-113d-4c15-b2c8-68e3c22b9f80"), "Authentication Policy Administrator", false},
	{MustID[RoleID]("b0f54661-2d74-4c50-afa3-1ec803f12efe"), "Billing Administrator", false},
	{MustID[RoleID]("158c047a-c907-4556-b7ef-446551a6b5f7"), "Cloud Application Administrator", true},
	{MustID[RoleID]("7698a772-787b-4ac8-901f-60d6b08affd2"), "Cloud Device Administrator", true},
	{MustID[RoleID]("17315797-102d-40b4-93e0-432062caca18"), "Compliance Administrator", false},
	{MustID[RoleID]("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"), "Conditional Access Administrator", true},
	{MustID[RoleID]("88d8e3e3-8f55-4a1e-953a-9b9898b8876b"), "Directory Readers", false},
	{MustID[RoleID]("8329153b-31d0-4727-b945-745eb3bc5f31"), "Domain Name Administrator", true},
	{roleExchangeAdministrator, "Exchange Administrator", false},
	{roleGlobalAdministrator, "Global Administrator", true},
	{MustID[RoleID]("f2ef992c-3afb-46b9-b7cf-a126ee74c451"), "Global Reader", true},
	{roleGroupsAdministrator, "Groups Administrator", false},
	{MustID[RoleID]("95e79109-95c0-4d8e-aee3-d01accf2d47b"), "Guest Inviter", false},
	{roleHelpdeskAdministrator, "Helpdesk Administrator", true},
	{MustID[RoleID]("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"), "Hybrid Identity Administrator", true},
	{roleIntuneAdministrator, "Intune Administrator", true},
	{roleLicenseAdministrator, "License Administrator", false},
	{MustID[RoleID]("790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b"), "Message Center Reader", false},
	{MustID[RoleID]("966707d0-3269-4727-9be2-8c3a10f19b9d"), "Password Administrator", true},
	{MustID[RoleID]("11648597-926c-4cf3-9c36-bcebb0ba8dcc"), "Power Platform Administrator", false},
	{rolePrivilegedAuthenticationAdministrator, "Privileged Authentication Administrator", true},
	{rolePrivilegedRoleAdministrator, "Privileged Role Administrator", true},
	{MustID[RoleID]("4a5d8f65-41da-4de4-8968-e035b65339cf"), "Reports Reader", false},
	{MustID[RoleID]("194ae4cb-b126-40b2-bd5b-6091b380977d"), "Security Administrator", true},
	{MustID[RoleID]("5f2222b1-57c3-48ba-8ad5-d4759f1fde6f"), "Security Operator", true},
	{roleSecurityReader, "Security Reader", true},
	{MustID[RoleID]("f023fd81-a637-4b56-95fd-791ac0226033"), "Service Support Administrator", false},
	{MustID[RoleID]("f28a1f50-f6e7-4571-818b-6a12f2af6b6c"), "SharePoint Administrator", false},
	{MustID[RoleID]("69091246-20e8-4a56-aa4d-066075b2a7a8"), "Teams Administrator", false},
	{MustID[RoleID]("75934031-6c7e-415a-99d7-48dbd49e875e"), "Usage Summary Reports Reader", false},
	{roleUserAdministrator, "User Administrator", true},
}

// UserAdministrator is the least role with which Microsoft's strictest rule lets an app set passwords
// (microsoft-graph.md, 0.1).
var UserAdministrator = roleUserAdministrator

// The roles that profile templates and drills name.
var (
	roleAuthenticationAdministrator           = MustID[RoleID]("c4e39bd9-1100-46d3-8c65-fb160da0071f")
	roleExchangeAdministrator                 = MustID[RoleID]("29232cdf-9323-42fd-ade2-1d097af3e4de")
	roleGlobalAdministrator                   = MustID[RoleID]("62e90394-69f5-4237-9190-012177145e10")
	roleGroupsAdministrator                   = MustID[RoleID]("fdd7a751-b60b-444a-984c-02652fe8fa1c")
	roleHelpdeskAdministrator                 = MustID[RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")
	roleIntuneAdministrator                   = MustID[RoleID]("3a2c62db-5318-420d-8d74-23affee5d9d5")
	roleLicenseAdministrator                  = MustID[RoleID]("4d6ac14f-3453-41d0-bef9-a3e0c569773a")
	rolePrivilegedAuthenticationAdministrator = MustID[RoleID]("7be44c8a-adaf-4e2a-84d6-ab2649e08a13")
	rolePrivilegedRoleAdministrator           = MustID[RoleID]("e8611ab8-c189-46e8-94e1-60213ab1f814")
	roleSecurityReader                        = MustID[RoleID]("5d6b6bb7-de71-4623-b4af-96380a352509")
	roleUserAdministrator                     = MustID[RoleID]("fe930be7-5e62-47db-91af-98c3a49a38b1")
)

// DirectoryRoleOf finds a role by its template id. One that is not known has no name and counts as privileged.
func DirectoryRoleOf(id RoleID) DirectoryRole {
	i := slices.IndexFunc(DirectoryRoles, func(r DirectoryRole) bool { return r.ID == id })
	if i < 0 {
		return DirectoryRole{ID: id, Privileged: true}
	}
	return DirectoryRoles[i]
}
