package access

// Pages of Microsoft's admin centre. The part behind # is the admin centre's own and no documented interface; where one
// is renamed, the admin centre shows its start page of the tenant.
const (
	pageAuthenticationMethods = "Microsoft_AAD_IAM/AuthenticationMethodsMenuBlade/~/AdminAuthMethods"
	pageDomains               = "Microsoft_AAD_IAM/DomainsManagementMenuBlade/~/CustomDomainNames"
	pageEnterpriseApps        = "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview"
	pageLicences              = "Microsoft_AAD_IAM/LicensesMenuBlade/~/Products"
	pageRoles                 = "Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles"
	pageTenantProperties      = "Microsoft_AAD_IAM/TenantProperties.ReactView"

	adminCentre = "https://entra.microsoft.com/"
)

// adminPage is a page of the admin centre, opened in the tenant.
func adminPage(tenant TenantID, page string) string {
	return adminCentre + tenant.String() + "/#view/" + page
}

// grantedPermissionsPage shows what the tenant consented to; without the app's object there, the list of apps.
func grantedPermissionsPage(tenant TenantID, principal ObjectID, clientID ClientID) string {
	if principal.IsZero() || clientID.IsZero() {
		return adminPage(tenant, pageEnterpriseApps)
	}
	return adminPage(tenant, "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions/objectId/"+principal.String()+"/appId/"+clientID.String())
}

// credentialsPage is where secrets and certificates of the app registration are. It is in the tenant that the app
// is registered in, which may be another one than the customer's, so that it names none.
func credentialsPage(clientID ClientID) string {
	return adminCentre + "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/" + clientID.String()
}
