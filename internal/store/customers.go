package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	RemovedAt              *instant
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

// Customer returns a customer, or access.ErrNotFound; one that was removed is not found.
func (s *Store) Customer(ctx context.Context, id access.CustomerID) (Customer, error) {
	return readCustomer(s.db.WithContext(ctx), id)
}

func readCustomer(db *gorm.DB, id access.CustomerID) (Customer, error) {
	row, err := one[customerRow](present(db), "id = ?", id)
	if err != nil {
		return Customer{}, err
	}
	return row.customer()
}

// present leaves removed customers out.
func present(db *gorm.DB) *gorm.DB { return db.Where("removed_at IS NULL") }

// lockCustomer is readCustomer for a customer that is about to change.
func lockCustomer(tx *gorm.DB, id access.CustomerID) (customerRow, error) {
	return one[customerRow](present(tx.Clauses(forUpdate)), "id = ?", id)
}

// keepPresent is access.ErrNotFound where one of the customers was removed or never was; none is until the transaction ends.
func keepPresent(tx *gorm.DB, ids []access.CustomerID) error {
	for some := range slices.Chunk(ids, together) {
		var rows []customerRow
		if err := present(tx.Clauses(unchanged)).Select("id").Where("id IN ?", some).Order("id").Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) < len(some) {
			return fmt.Errorf("%w: customer", access.ErrNotFound)
		}
	}
	return nil
}

// accountsOf returns a customer for those who look after its accounts, whatever became of it: a removed one too, and
// its tenant, where it gave that up, is the one that it left.
func accountsOf(db *gorm.DB, id access.CustomerID) (Customer, error) {
	row, err := one[customerRow](db, "id = ?", id)
	if err != nil {
		return Customer{}, err
	}
	if row.TenantID.IsZero() {
		last, err := lastDeparture(db, id)
		if err != nil && !errors.Is(err, access.ErrNotFound) {
			return Customer{}, err
		}
		row.TenantID = last.TenantID
	}
	return row.customer()
}

// TenantOf returns the tenant in which a customer's accounts are, which a customer that left has not itself any more.
func (s *Store) TenantOf(ctx context.Context, id access.CustomerID) (access.TenantID, error) {
	customer, err := accountsOf(s.db.WithContext(ctx), id)
	return customer.TenantID, err
}

// Customers returns all customers, sorted by name.
func (s *Store) Customers(ctx context.Context) ([]Customer, error) {
	return readCustomers(s.db.WithContext(ctx))
}

func readCustomers(query *gorm.DB) ([]Customer, error) {
	var rows []customerRow
	if err := present(query).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	customers, err := all(rows, customerRow.customer)
	sortByName(customers, func(c Customer) (access.Name, string) { return c.Name, c.ID.String() })
	return customers, err
}
