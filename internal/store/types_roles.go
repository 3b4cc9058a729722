package store

import (
	"time"

	"hourglass/internal/access"
)

// TenantRole is a directory role of a customer's tenant.
type TenantRole struct {
	// ID is the template id of a built-in role, the same in every tenant.
	ID   access.RoleID
	Name string
	// BuiltIn: Microsoft's, not the tenant's own.
	BuiltIn bool
	// Enabled: it can be assigned.
	Enabled bool
}

// RoleCatalogue is what a customer's tenant has for directory roles.
type RoleCatalogue struct {
	// ReadAt is nil before the first time.
	ReadAt *time.Time
	// Roles, sorted by name.
	Roles []TenantRole
}

// Has reports whether the tenant has a role that can be assigned.
func (c RoleCatalogue) Has(id access.RoleID) bool {
	for _, r := range c.Roles {
		if r.ID == id {
			return r.Enabled
		}
	}
	return false
}

// DueCatalogue is a tenant whose roles are to be read now.
type DueCatalogue struct {
	CustomerID access.CustomerID
	TenantID   access.TenantID
}

// KnownRole is a built-in role that at least one tenant has.
type KnownRole struct {
	ID   access.RoleID
	Name string
	// Customers is in how many catalogues it is.
	Customers int
}

// CustomerWithout is a customer whose tenant does not have a role.
type CustomerWithout struct {
	RoleID access.RoleID
	ID     access.CustomerID
	Name   string
}
