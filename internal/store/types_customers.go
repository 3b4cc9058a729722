package store

import (
	"time"

	"hourglass/internal/access"
)

// Customer is an organisation that the MSP serves, with its connection to an Entra tenant.
type Customer struct {
	ID   access.CustomerID
	Name access.Name
	// TenantID is zero before the customer is connected and after it left. No two customers share one.
	TenantID   access.TenantID
	Connection access.ConnectionState
	// AccountDomain is the domain that account names are made under.
	AccountDomain string
	// Limits tighten those of every profile; the zero Limits admit nothing.
	Limits access.Limits
	// Naming is how accounts are called that are made from now on.
	Naming    access.Naming
	CreatedAt time.Time
	// Revision rises with every change of what an admin may change, the approvers included.
	Revision int64
}

// CustomerSettings are what an admin may change of a customer.
type CustomerSettings struct {
	Name          access.Name
	AccountDomain string
	Limits        access.Limits
	Naming        access.Naming
}

// Settings are what an admin may change of the customer, as they are.
func (c Customer) Settings() CustomerSettings {
	return CustomerSettings{Name: c.Name, AccountDomain: c.AccountDomain, Limits: c.Limits, Naming: c.Naming}
}

// Approvers says who decides about requests at a customer.
type Approvers struct {
	// Revision is the customer's.
	Revision int64
	// People and Teams are those that are named, sorted by name.
	People []Member
	Teams  []Team
	// Deciders are those who may decide now about somebody else's request, sorted by name.
	Deciders []Member
}

// CustomerFilter selects customers; zero fields select all.
type CustomerFilter struct {
	// Search is a part of the name, in whatever case.
	Search string
	// After is the cursor that came with the previous page.
	After string
	// Limit is 1 to 1000; zero means 50.
	Limit int
}

// Entitlement lets a person or a team (exactly one of the two) use a profile at a customer.
type Entitlement struct {
	ID        access.EntitlementID
	PersonID  access.PersonID
	TeamID    access.TeamID
	ProfileID access.ProfileID
	// CustomerID zero means all customers.
	CustomerID access.CustomerID
	// EndsAt nil means until it is taken away.
	EndsAt *time.Time
}

// EntitlementView is an entitlement with the names that people know its parts by; PersonName, TeamName
// and CustomerName are "" where it names none.
type EntitlementView struct {
	Entitlement
	PersonName, TeamName, ProfileName, CustomerName string
}

// EntitlementFilter selects entitlements; zero fields select all.
type EntitlementFilter struct {
	PersonID   access.PersonID
	TeamID     access.TeamID
	ProfileID  access.ProfileID
	CustomerID access.CustomerID
	// After is the last id of the previous page.
	After access.EntitlementID
	// Limit is 1 to 1000; zero means 50.
	Limit int
}

// Reason is why a person may use a profile at a customer: one entitlement, of theirs or of a team of theirs.
type Reason struct {
	PersonID   access.PersonID
	PersonName string
	EntitlementView
}

// Reach is one customer that a person may reach.
type Reach struct {
	Customer Customer
	// Profiles that the person may use there, sorted by name.
	Profiles []access.Profile
	// Findings of the pre-flight that are about those profiles or about every grant there, the worst first.
	Findings []access.Finding
	// Live is the person's live grant there, nil where there is none.
	Live *Grant
	// Last is what they asked for last, nil where they never did, or long ago.
	Last *LastRequest
}

// LastRequest is a person's newest request at a customer.
type LastRequest struct {
	ProfileID access.ProfileID
	At        time.Time
}
