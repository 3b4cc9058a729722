package entra

import "hourglass/internal/access"

// Permissions is everything that Hourglass asks a tenant for, and what each is needed for. It is what the app
// registration has to declare (docs/connect-a-tenant.md); without any one of them a call is refused, and
// docs/decisions/0010 says why two of them stand beside stronger ones. Ids: Microsoft Graph permissions reference, application
// permissions.
var Permissions = []access.Permission{
	permission("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All", "to create the account, to switch it on and off, to end its sessions, and to delete it where that is asked for", access.NeededByEveryGrant),
	permission("df021288-bdef-4463-88db-98f22de89214", "User.Read.All", "to see which groups the account belongs to when it is proven off", access.NeededByEveryGrant),
	permission("cc117bb9-00cf-4eb8-b580-ea2a878fe8f7", "User-PasswordProfile.ReadWrite.All", "to set a fresh password for each grant, and one that nobody keeps at its end", access.NeededByEveryGrant),
	permission("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory", "to assign the roles of the access profile and to take every role away at the end", access.NeededByEveryGrant),
	permission("50483e42-d915-4231-9639-7fdb7fd190e5", "UserAuthenticationMethod.ReadWrite.All", "to issue the Temporary Access Pass and to remove every sign-in method at the end", access.NeededByEveryGrant),
	permission("dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "GroupMember.ReadWrite.All", "to take the account out of groups that carry roles", access.NeededByEveryGrant),
	permission("498476ce-e0fe-48b0-b801-37ba7e2685c6", "Organization.Read.All", "to make sure that this is the customer's tenant, and to see its domains and licences", access.NeededByEveryGrant),
	permission("246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All", "to see whether the tenant allows Temporary Access Passes, for how long and for whom, and whether security defaults are on", access.NeededByPasses),
}

func permission(id, name, why string, need access.Need) access.Permission {
	return access.Permission{ID: access.MustID[access.PermissionID](id), Name: name, Why: why, Need: need}
}
