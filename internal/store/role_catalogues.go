package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

type catalogueRow struct {
	CustomerID access.CustomerID `gorm:"primaryKey"`
	TenantID   access.TenantID
	ReadAt     *instant
	NextReadAt instant
}

func (catalogueRow) TableName() string { return "role_catalogues" }

type tenantRoleRow struct {
	CustomerID access.CustomerID `gorm:"primaryKey"`
	RoleID     access.RoleID     `gorm:"primaryKey"`
	Name       string
	BuiltIn    bool
	Enabled    bool
}

func (tenantRoleRow) TableName() string { return "tenant_roles" }

// ClaimCatalogues returns at most limit connected customers whose roles are to be read, and leaves each to the caller until
// then: however many ask, each is read by one.
func (s *Store) ClaimCatalogues(ctx context.Context, limit int, until time.Time) (claimed []DueCatalogue, err error) {
	now := instant{s.now()}
	var due []DueCatalogue
	err = s.db.WithContext(ctx).Raw(`SELECT c.id AS customer_id, c.tenant_id FROM customers c LEFT JOIN role_catalogues r ON r.customer_id = c.id
		WHERE c.connection = 'connected' AND (r.customer_id IS NULL OR r.next_read_at <= ? OR r.tenant_id <> c.tenant_id)
		ORDER BY r.next_read_at LIMIT ?`, now, limit).Scan(&due).Error
	if err != nil {
		return nil, translate(err)
	}
	for _, d := range due {
		var mine bool
		err := s.write(ctx, func(tx *gorm.DB) error {
			// What was read of another tenant is not this one's.
			if err := tx.Where("customer_id = ? AND tenant_id <> ?", d.CustomerID, d.TenantID).Delete(&catalogueRow{}).Error; err != nil {
				return err
			}
			claim := tx.Exec(`INSERT INTO role_catalogues (customer_id, tenant_id, next_read_at) VALUES (?, ?, ?)
				ON CONFLICT (customer_id) DO UPDATE SET next_read_at = excluded.next_read_at WHERE role_catalogues.next_read_at <= ?`,
				d.CustomerID, d.TenantID, instant{until}, now)
			mine = claim.RowsAffected == 1
			return claim.Error
		})
		if err != nil {
			return claimed, err
		}
		if mine {
			claimed = append(claimed, d)
		}
	}
	return claimed, nil
}

// KeepCatalogue stores the roles of a claimed tenant. Nothing is stored where the customer has another tenant by now.
func (s *Store) KeepCatalogue(ctx context.Context, of DueCatalogue, roles []TenantRole, next time.Time) error {
	rows := make([]tenantRoleRow, len(roles))
	for i, r := range roles {
		rows[i] = tenantRoleRow{CustomerID: of.CustomerID, RoleID: r.ID, Name: remark(r.Name, 120), BuiltIn: r.BuiltIn, Enabled: r.Enabled}
	}
	slices.SortFunc(rows, func(a, b tenantRoleRow) int { return strings.Compare(a.RoleID.String(), b.RoleID.String()) })
	rows = slices.CompactFunc(rows, func(a, b tenantRoleRow) bool { return a.RoleID == b.RoleID })
	return s.write(ctx, func(tx *gorm.DB) error {
		_, err := one[catalogueRow](tx.Clauses(forUpdate), "customer_id = ? AND tenant_id = ?", of.CustomerID, of.TenantID)
		if errors.Is(err, access.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var before []tenantRoleRow
		if err := tx.Where("customer_id = ?", of.CustomerID).Order("role_id").Find(&before).Error; err != nil {
			return err
		}
		if !slices.Equal(before, rows) { // as a rule nothing has changed since yesterday
			if err := tx.Where("customer_id = ?", of.CustomerID).Delete(&tenantRoleRow{}).Error; err != nil {
				return err
			}
			if err := tx.CreateInBatches(rows, 100).Error; err != nil {
				return err
			}
		}
		return changeOne(tx.Model(&catalogueRow{}).Where("customer_id = ?", of.CustomerID),
			map[string]any{"read_at": instant{s.now()}, "next_read_at": instant{next}})
	})
}

// ReadCatalogueAgain lets a customer's roles be read anew at once. Where they were never read they are due anyway.
func (s *Store) ReadCatalogueAgain(ctx context.Context, id access.CustomerID) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&catalogueRow{}).Where("customer_id = ?", id).Update("next_read_at", instant{s.now()}).Error
	})
}

// RoleCatalogue returns what is known of the roles of a customer's tenant.
func (s *Store) RoleCatalogue(ctx context.Context, id access.CustomerID) (RoleCatalogue, error) {
	db := s.db.WithContext(ctx)
	row, err := one[catalogueRow](db, "customer_id = ?", id)
	if errors.Is(err, access.ErrNotFound) {
		return RoleCatalogue{}, nil
	}
	if err != nil {
		return RoleCatalogue{}, err
	}
	var rows []tenantRoleRow
	if err := db.Where("customer_id = ?", id).Order("name, role_id").Find(&rows).Error; err != nil {
		return RoleCatalogue{}, translate(err)
	}
	c := RoleCatalogue{ReadAt: row.ReadAt.optional(), Roles: make([]TenantRole, len(rows))}
	for i, r := range rows {
		c.Roles[i] = TenantRole{ID: r.RoleID, Name: r.Name, BuiltIn: r.BuiltIn, Enabled: r.Enabled}
	}
	slices.SortFunc(c.Roles, func(a, b TenantRole) int {
		return strings.Compare(strings.ToLower(a.Name)+a.ID.String(), strings.ToLower(b.Name)+b.ID.String())
	})
	return c, nil
}

// catalogued are the catalogues that count: read, and of customers that are still connected to that tenant.
const catalogued = `FROM role_catalogues r JOIN customers c ON c.id = r.customer_id AND c.tenant_id = r.tenant_id
	WHERE r.read_at IS NOT NULL AND c.connection IN ('connected', 'broken')`

// KnownRoles returns the built-in roles that at least one tenant has, and how many catalogues there are.
func (s *Store) KnownRoles(ctx context.Context) (roles []KnownRole, catalogues int, err error) {
	db := s.db.WithContext(ctx)
	if err := db.Raw("SELECT count(*) " + catalogued).Scan(&catalogues).Error; err != nil {
		return nil, 0, translate(err)
	}
	err = db.Raw(`SELECT role_id AS id, min(name) AS name, count(*) AS customers FROM tenant_roles
		WHERE built_in = true AND enabled = true AND customer_id IN (SELECT r.customer_id ` + catalogued + `) GROUP BY role_id`).Scan(&roles).Error
	return roles, catalogues, translate(err)
}

// CustomersWithout returns for each of the roles at most limit customers, by name, whose tenant is known not to have it.
func (s *Store) CustomersWithout(ctx context.Context, roles []access.RoleID, limit int) (map[access.RoleID][]CustomerWithout, error) {
	without := map[access.RoleID][]CustomerWithout{}
	if len(roles) == 0 {
		return without, nil
	}
	value := "(?)"
	if s.dialect == postgreSQL {
		value = "(CAST(? AS uuid))"
	}
	values := make([]any, len(roles), len(roles)+1)
	for i, r := range roles {
		values[i] = r
	}
	var rows []CustomerWithout
	err := s.db.WithContext(ctx).Raw(`WITH wanted (role_id) AS (VALUES `+strings.TrimSuffix(strings.Repeat(value+", ", len(roles)), ", ")+`),
		here AS (SELECT c.id, c.name, c.sort_name `+catalogued+`)
		SELECT role_id, id, name FROM (
			SELECT w.role_id, h.id, h.name, ROW_NUMBER() OVER (PARTITION BY w.role_id ORDER BY h.sort_name, h.id) AS place
			FROM wanted w CROSS JOIN here h
			WHERE NOT EXISTS (SELECT 1 FROM tenant_roles t WHERE t.customer_id = h.id AND t.role_id = w.role_id AND t.enabled)
		) lacking WHERE place <= ? ORDER BY role_id, place`, append(values, limit)...).Scan(&rows).Error
	for _, row := range rows {
		without[row.RoleID] = append(without[row.RoleID], row)
	}
	return without, translate(err)
}
