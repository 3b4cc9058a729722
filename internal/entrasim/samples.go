package entrasim

import "slices"

// The sample app and the secrets of the sample people: well known, good for a stand-in only.
const (
	SampleClientID     = "6f1d7c1e-5a4b-4d0e-9c57-0a0b0c0d0e0f"
	SampleClientSecret = "stand-in~client~secret~of~the~sample~app"
	// SampleAdminPassword is the password of "admin@<tenant>.onmicrosoft.com", Global Administrator, in every sample tenant.
	SampleAdminPassword = "Stand-in-Admin-1"

	ContosoID   = "11111111-1111-4111-8111-111111111111"
	FabrikamID  = "22222222-2222-4222-8222-222222222222"
	NorthwindID = "33333333-3333-4333-8333-333333333333"

	// NewcomerDomain is that of Wide World Importers, a sample tenant that does not know the sample app yet.
	NewcomerDomain = "wideworldimporters.onmicrosoft.com"
	newcomerID     = "44444444-4444-4444-8444-444444444444"
)

// SamplePermissions are the application permissions that the sample app declares.
var SamplePermissions = []string{
	"User.ReadWrite.All", "User.Read.All", "User-PasswordProfile.ReadWrite.All", "RoleManagement.ReadWrite.Directory",
	"UserAuthenticationMethod.ReadWrite.All", "GroupMember.ReadWrite.All", "Organization.Read.All",
	"Policy.Read.All",
}

// SampleTenants are Contoso (Free), Fabrikam (P2) and Northwind (Free, Temporary Access Pass switched off).
func SampleTenants() []TenantSpec {
	on := TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480}
	return []TenantSpec{
		{ID: ContosoID, Name: "Contoso", DefaultDomain: "contoso.onmicrosoft.com", Settings: Settings{Licence: Free, TAPPolicy: on},
			Domains: []DomainSpec{{Name: "contoso.example", Federated: true}}},
		{ID: FabrikamID, Name: "Fabrikam", DefaultDomain: "fabrikam.onmicrosoft.com", Settings: Settings{Licence: P2, TAPPolicy: on}},
		{ID: NorthwindID, Name: "Northwind", DefaultDomain: "northwind.onmicrosoft.com", Settings: Settings{Licence: Free}},
	}
}

// SampleApp is the multi-tenant app "Hourglass".
func SampleApp(redirectURIs ...string) AppSpec {
	return AppSpec{
		ClientID: SampleClientID, Name: "Hourglass", Secrets: []SecretSpec{{Value: SampleClientSecret}},
		Permissions: slices.Clone(SamplePermissions), RedirectURIs: redirectURIs,
	}
}

// newcomer is Wide World Importers (Free), there to be connected.
func newcomer() TenantSpec {
	return TenantSpec{ID: newcomerID, Name: "Wide World Importers", DefaultDomain: NewcomerDomain,
		Settings: Settings{Licence: Free, TAPPolicy: TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480}}}
}

// SeedSamples adds the sample app, the sample tenants, which have consented to it and whose service principal of it holds
// User Administrator and nothing else, and the newcomer, which has not. What an earlier run left in Config.Dir stays as it is.
func (s *Sim) SeedSamples(redirectURIs ...string) error {
	if err := s.RegisterApp(SampleApp(redirectURIs...)); err != nil {
		return err
	}
	for _, spec := range append(SampleTenants(), newcomer()) {
		if _, ok := s.tenantOf(spec.ID); ok {
			continue
		}
		if err := s.AddTenant(spec); err != nil {
			return err
		}
		if spec.ID != newcomerID {
			if err := s.Connect(spec.ID, SampleClientID); err != nil {
				return err
			}
		}
		if _, err := s.AddUser(spec.ID, UserSpec{
			UPN: "admin@" + spec.DefaultDomain, DisplayName: spec.Name + " admin", Password: SampleAdminPassword,
			Roles: []string{RoleGlobalAdministrator},
		}); err != nil {
			return err
		}
	}
	return nil
}

// Connect leaves an app as a finished onboarding does: all its permissions consented to, and User Administrator held by
// its service principal, without which the strict reading of Microsoft's rules refuses password changes.
func (s *Sim) Connect(tenant, clientID string) error {
	if err := s.Consent(tenant, clientID); err != nil {
		return err
	}
	return s.AssignRoleToServicePrincipal(tenant, clientID, RoleUserAdministrator)
}
