package onemachine

import (
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
)

// The sample people, customers and profiles.
var (
	// Ada is admin and technician, Grace a technician, Alan an approver.
	Ada   = access.MustID[access.PersonID]("0a0a0a0a-0000-4000-8000-000000000001")
	Grace = access.MustID[access.PersonID]("0a0a0a0a-0000-4000-8000-000000000002")
	Alan  = access.MustID[access.PersonID]("0a0a0a0a-0000-4000-8000-000000000003")

	// Contoso has Entra ID Free, Fabrikam P2. Northwind's policy allows no Temporary Access Pass.
	Contoso   = access.MustID[access.CustomerID]("0c0c0c0c-0000-4000-8000-000000000001")
	Fabrikam  = access.MustID[access.CustomerID]("0c0c0c0c-0000-4000-8000-000000000002")
	Northwind = access.MustID[access.CustomerID]("0c0c0c0c-0000-4000-8000-000000000003")

	HelpDesk                        = access.MustID[access.ProfileID]("0f0f0f0f-0000-4000-8000-000000000001")
	UserAdministration              = access.MustID[access.ProfileID]("0f0f0f0f-0000-4000-8000-000000000002")
	ExchangeAdministration          = access.MustID[access.ProfileID]("0f0f0f0f-0000-4000-8000-000000000003")
	GlobalAdministrator             = access.MustID[access.ProfileID]("0f0f0f0f-0000-4000-8000-000000000004")
	GlobalAdministratorWithApproval = access.MustID[access.ProfileID]("0f0f0f0f-0000-4000-8000-000000000005")
	// ShortVisit lasts seconds: long enough to see a whole grant, short enough to wait for its end.
	ShortVisit = access.MustID[access.ProfileID]("0f0f0f0f-0000-4000-8000-000000000006")
)

var samplePeople = []struct {
	id           access.PersonID
	name, handle string
	roles        []access.MSPRole
}{
	{Ada, "Ada", "ada", []access.MSPRole{access.Admin, access.Technician}},
	{Grace, "Grace", "grace", []access.MSPRole{access.Technician}},
	{Alan, "Alan", "alan", []access.MSPRole{access.Approver}},
}

var sampleCustomers = []struct {
	id                   access.CustomerID
	name, tenant, domain string
}{
	{Contoso, "Contoso", entrasim.ContosoID, "contoso.onmicrosoft.com"},
	{Fabrikam, "Fabrikam", entrasim.FabrikamID, "fabrikam.onmicrosoft.com"},
	{Northwind, "Northwind", entrasim.NorthwindID, "northwind.onmicrosoft.com"},
}

// Template ids of directory roles beside those that the stand-in names.
const (
	helpdeskAdministrator = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	exchangeAdministrator = "29232cdf-9323-42fd-ade2-1d097af3e4de"
)

var sampleProfiles = []struct {
	id                       access.ProfileID
	name, role               string
	credential               access.CredentialKind
	standard, maximum        time.Duration
	reason, ticket, approval bool
}{
	{id: HelpDesk, name: "Help desk", role: helpdeskAdministrator, credential: access.PassOnly,
		standard: time.Hour, maximum: 4 * time.Hour},
	{id: UserAdministration, name: "User administration", role: entrasim.RoleUserAdministrator, credential: access.PassAndPassword,
		standard: time.Hour, maximum: 4 * time.Hour, reason: true},
	{id: ExchangeAdministration, name: "Exchange administration", role: exchangeAdministrator, credential: access.PasswordOnly,
		standard: time.Hour, maximum: 8 * time.Hour},
	{id: GlobalAdministrator, name: "Global Administrator", role: entrasim.RoleGlobalAdministrator, credential: access.PassOnly,
		standard: 30 * time.Minute, maximum: time.Hour, reason: true, ticket: true},
	{id: GlobalAdministratorWithApproval, name: "Global Administrator with approval", role: entrasim.RoleGlobalAdministrator,
		credential: access.PassOnly, standard: 30 * time.Minute, maximum: time.Hour, reason: true, ticket: true, approval: true},
	{id: ShortVisit, name: "Short visit", role: entrasim.RoleGlobalAdministrator, credential: access.PassAndPassword,
		standard: 20 * time.Second, maximum: 10 * time.Minute},
}

func entitlementID(s string) access.EntitlementID { return access.MustID[access.EntitlementID](s) }

// sampleEntitlements: a zero customer means all of them.
var sampleEntitlements = []struct {
	id       access.EntitlementID
	person   access.PersonID
	profile  access.ProfileID
	customer access.CustomerID
}{
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000001"), person: Ada, profile: HelpDesk},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000002"), person: Ada, profile: UserAdministration},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000003"), person: Ada, profile: ExchangeAdministration},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000004"), person: Ada, profile: GlobalAdministrator},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000005"), person: Ada, profile: ShortVisit},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000006"), person: Grace, profile: HelpDesk},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000007"), person: Grace, profile: UserAdministration, customer: Contoso},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000008"), person: Grace, profile: ExchangeAdministration, customer: Northwind},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-000000000009"), person: Grace, profile: GlobalAdministratorWithApproval, customer: Fabrikam},
	{id: entitlementID("0e0e0e0e-0000-4000-8000-00000000000a"), person: Grace, profile: ShortVisit},
}
