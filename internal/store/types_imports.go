package store

import "hourglass/internal/access"

// List names one of the lists that are imported and exported whole.
type List string

const (
	CustomerList    List = "customers"
	PersonList      List = "people"
	EntitlementList List = "entitlements"
)

// Roster is what there is, for a list to be held against. What the list is not about is left empty.
type Roster struct {
	// Customers and Profiles are sorted by name, People by handle, Teams by name.
	Customers    []Customer
	People       []Person
	Teams        []Team
	Profiles     []access.Profile
	Entitlements []Entitlement
	// Enrolled are the people who have a passkey.
	Enrolled map[access.PersonID]bool
	// FormerHandles were somebody's, and are nobody's any more.
	FormerHandles map[access.Handle]bool
	// Approvers are those of the customers that name any.
	Approvers map[access.CustomerID]access.Approvers
}

// Changes are what an import does. The zero Changes do nothing.
type Changes struct {
	// File says in the audit log what was imported.
	File File

	AddCustomers    []Customer
	ChangeCustomers []CustomerChange
	SetApprovers    []ApproversChange

	AddPeople    []Person
	Enrolments   []Enrolment // of those who are added
	ChangePeople []PersonChange
	AddTeams     []Team
	ChangeTeams  []Team

	AddEntitlements    []Entitlement
	RemoveEntitlements []access.EntitlementID
}

// File is an imported file.
type File struct {
	// ID names the import; no two have the same.
	ID     string
	List   List
	Lines  int
	SHA256 [32]byte
}

// CustomerChange gives a customer new settings.
type CustomerChange struct {
	ID access.CustomerID
	To CustomerSettings
}

// ApproversChange names those who decide at a customer, which may be one of those that are added.
type ApproversChange struct {
	ID access.CustomerID
	To access.Approvers
}

// PersonChange gives a person a name and MSP roles.
type PersonChange struct {
	ID    access.PersonID
	Name  access.Name
	Roles []access.MSPRole
}
