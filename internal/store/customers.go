package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type customerRow struct {
	ID                     access.CustomerID `gorm:"primaryKey"`
	Name, SortName         string
	TenantID               access.TenantID
	Connection             string
	AccountDomain          string
	DefaultLifetimeSeconds *int64
	MaximumLifetimeSeconds *int64
	AccountNameTemplate    string
	DisplayNameTemplate    string
	CreatedAt              instant
	Revision               int64
}

func (customerRow) TableName() string { return "customers" }

func (r customerRow) customer() (Customer, error) {
	var bad error
	c := Customer{
		ID:            r.ID,
		Name:          parsed(&bad, access.NewName, r.Name),
		TenantID:      r.TenantID,
		Connection:    parsed(&bad, access.ParseConnectionState, r.Connection),
		AccountDomain: r.AccountDomain,
		Limits:        limits(r.DefaultLifetimeSeconds, r.MaximumLifetimeSeconds),
		Naming: access.Naming{
			Account: parsed(&bad, access.ParseAccountTemplate, r.AccountNameTemplate),
			Display: parsed(&bad, access.ParseDisplayTemplate, r.DisplayNameTemplate),
		},
		CreatedAt: r.CreatedAt.Time,
		Revision:  r.Revision,
	}
	if bad != nil {
		return Customer{}, unreadable("customer "+r.ID.String(), bad)
	}
	return c, nil
}

// AddCustomer adds a customer. access.ErrInvalid where the id or the tenant is taken, or where a
// connection has no tenant (right-tenant).
func (s *Store) AddCustomer(ctx context.Context, c Customer, by Actor, once ...Intent) error {
	return s.make(ctx, c.ID.String(), by, once, func(tx *gorm.DB) ([]entry, error) {
		return s.addCustomers(tx, []Customer{c}, by)
	})
}

func (s *Store) addCustomers(tx *gorm.DB, customers []Customer, by Actor) ([]entry, error) {
	rows, entries := make([]customerRow, len(customers)), make([]entry, len(customers))
	var checks []preflightRow
	for i, c := range customers {
		standard, maximum := limitColumns(c.Limits)
		rows[i] = customerRow{
			ID: c.ID, Name: c.Name.String(), SortName: sortName(c.Name), TenantID: c.TenantID, Connection: string(c.Connection), AccountDomain: c.AccountDomain,
			DefaultLifetimeSeconds: standard, MaximumLifetimeSeconds: maximum,
			AccountNameTemplate: c.Naming.Account.String(), DisplayNameTemplate: c.Naming.Display.String(),
			CreatedAt: instant{s.orNow(c.CreatedAt)}, Revision: 1,
		}
		if c.Connection == access.Connected {
			// Whoever adds it connected knows its tenant: the first check is tomorrow's.
			checks = append(checks, newPreflight(c.ID, c.TenantID, s.now().Add(24*time.Hour)))
		}
		entries[i] = entry{
			key: "customer/" + c.ID.String() + "/added", action: audit.CustomerAdded, by: by, customer: c.ID,
			details: facts{
				"name": c.Name.String(), "tenant_id": c.TenantID, "connection": c.Connection, "account_domain": c.AccountDomain,
				"default_lifetime_seconds": standard, "maximum_lifetime_seconds": maximum,
				"account_name_template": c.Naming.Account.String(), "display_name_template": c.Naming.Display.String(),
			},
		}
	}
	if err := addAll(tx, rows); err != nil {
		return nil, err
	}
	return entries, addAll(tx, checks)
}

// Customer returns a customer or access.ErrNotFound.
func (s *Store) Customer(ctx context.Context, id access.CustomerID) (Customer, error) {
	return readCustomer(s.db.WithContext(ctx), id)
}

func readCustomer(db *gorm.DB, id access.CustomerID) (Customer, error) {
	row, err := one[customerRow](db, "id = ?", id)
	if err != nil {
		return Customer{}, err
	}
	return row.customer()
}

// Customers returns all customers, sorted by name.
func (s *Store) Customers(ctx context.Context) ([]Customer, error) {
	return readCustomers(s.db.WithContext(ctx))
}

func readCustomers(query *gorm.DB) ([]Customer, error) {
	var rows []customerRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	customers, err := all(rows, customerRow.customer)
	sortByName(customers, func(c Customer) (access.Name, string) { return c.Name, c.ID.String() })
	return customers, err
}
