package entrasim

import "strings"

// builtInRole is one of Microsoft's built-in directory roles; its id is its template id in every tenant.
// Source: Microsoft Entra built-in roles, 2026-01-20. Privileged is Microsoft's own mark, not the rule of privilege.go;
// it is not on the wire, for isPrivileged exists only in the beta.
type builtInRole struct {
	ID, Name   string
	Privileged bool
}

// The roles that the rules of privilege.go name.
const (
	RoleGlobalAdministrator                   = "62e90394-69f5-4237-9190-012177145e10"
	RolePrivilegedAuthenticationAdministrator = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
	RolePrivilegedRoleAdministrator           = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	RoleUserAdministrator                     = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	RoleAuthenticationAdministrator           = "c4e39bd9-1100-46d3-8c65-fb160da0071f"
)

var builtInRoles = []builtInRole{
	{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator", true},
	{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader", true},
	{"e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator", true},
	{"7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator", true},
	{"fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator", true},
	{"c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator", true},
	{"0526716b-113d-4c15-b2c8-68e3c22b9f80", "Authentication Policy Administrator", false},
	{"729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator", true},
	{"966707d0-3269-4727-9be2-8c3a10f19b9d", "Password Administrator", true},
	{"29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator", false},
	{"f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePoint Administrator", false},
	{"69091246-20e8-4a56-aa4d-066075b2a7a8", "Teams Administrator", false},
	{"3a2c62db-5318-420d-8d74-23affee5d9d5", "Intune Administrator", true},
	{"194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator", true},
	{"5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", "Security Operator", true},
	{"5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader", true},
	{"b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator", true},
	{"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator", true},
	{"158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator", true},
	{"7698a772-787b-4ac8-901f-60d6b08affd2", "Cloud Device Administrator", true},
	{"8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", "Hybrid Identity Administrator", true},
	{"fdd7a751-b60b-444a-984c-02652fe8fa1c", "Groups Administrator", false},
	{"4d6ac14f-3453-41d0-bef9-a3e0c569773a", "License Administrator", false},
	{"b0f54661-2d74-4c50-afa3-1ec803f12efe", "Billing Administrator", false},
	{"17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator", false},
	{"8329153b-31d0-4727-b945-745eb3bc5f31", "Domain Name Administrator", true},
	{"11648597-926c-4cf3-9c36-bcebb0ba8dcc", "Power Platform Administrator", false},
	{"f023fd81-a637-4b56-95fd-791ac0226033", "Service Support Administrator", false},
	{"4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader", false},
	{"790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b", "Message Center Reader", false},
	{"75934031-6c7e-415a-99d7-48dbd49e875e", "Usage Summary Reports Reader", false},
	{"88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers", false},
	{"95e79109-95c0-4d8e-aee3-d01accf2d47b", "Guest Inviter", false},
}

var roleByID = func() map[string]builtInRole {
	m := map[string]builtInRole{}
	for _, r := range builtInRoles {
		m[r.ID] = r
	}
	return m
}()

// customRole is a role that a customer defined.
type customRole struct {
	ID, Name string
}

// roleID finds a role by template id or by display name.
func (t *directory) roleID(key string) (string, bool) {
	for _, r := range builtInRoles {
		if t.Withheld[r.ID] {
			continue
		}
		if r.ID == key || strings.EqualFold(r.Name, key) {
			return r.ID, true
		}
	}
	for _, r := range t.CustomRoles {
		if r.ID == key || strings.EqualFold(r.Name, key) {
			return r.ID, true
		}
	}
	return "", false
}

// roleName is the display name of a role that exists.
func (t *directory) roleName(id string) string {
	if r, ok := t.CustomRoles[id]; ok {
		return r.Name
	}
	return roleByID[id].Name
}

// renderRole gives a role definition under Graph's names.
func (t *directory) renderRole(id string) object {
	custom, isCustom := t.CustomRoles[id]
	o := object{
		"id": id, "templateId": id, "displayName": roleByID[id].Name, "description": roleByID[id].Name, "isBuiltIn": true,
		"isEnabled": true, "resourceScopes": []any{"/"}, "rolePermissions": []any{}, "version": "1",
	}
	if isCustom {
		o["displayName"], o["description"], o["isBuiltIn"], o["version"] = custom.Name, nil, false, nil
	}
	return o
}

func (t *directory) renderRoles() []object {
	var list []object
	for _, r := range builtInRoles {
		if !t.Withheld[r.ID] {
			list = append(list, t.renderRole(r.ID))
		}
	}
	for _, id := range sortedKeys(t.CustomRoles) {
		list = append(list, t.renderRole(id))
	}
	return list
}
