package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// entitlementView is a row of entitlements with the names of what it names.
type entitlementView struct {
	Row                                             entitlementRow `gorm:"embedded"`
	PersonName, TeamName, ProfileName, CustomerName text
}

// withNames selects entitlementViews; e is the entitlements table.
func withNames(db *gorm.DB) *gorm.DB {
	return db.Table("entitlements AS e").
		Select(columnsOf[entitlementRow]("e") + ", p.name AS person_name, t.name AS team_name, f.name AS profile_name, c.name AS customer_name").
		Joins("LEFT JOIN people p ON p.id = e.person_id").
		Joins("LEFT JOIN teams t ON t.id = e.team_id").
		Joins("JOIN profiles f ON f.id = e.profile_id").
		Joins("LEFT JOIN customers c ON c.id = e.customer_id")
}

func (v entitlementView) view() EntitlementView {
	return EntitlementView{
		Entitlement: v.Row.entitlement(),
		PersonName:  string(v.PersonName), TeamName: string(v.TeamName),
		ProfileName: string(v.ProfileName), CustomerName: string(v.CustomerName),
	}
}

// Entitlements returns a page of entitlements by id, ended ones included, and whether there are more.
func (s *Store) Entitlements(ctx context.Context, f EntitlementFilter) (page []EntitlementView, more bool, err error) {
	limit := pageSize(f.Limit)
	query := withNames(s.db.WithContext(ctx)).Order("e.id").Limit(limit + 1)
	// Everything is given as text here, so that no kind of id can get into another's column.
	for column, id := range map[string]string{
		"e.person_id = ?": f.PersonID.String(), "e.team_id = ?": f.TeamID.String(), "e.profile_id = ?": f.ProfileID.String(),
		"e.customer_id = ?": f.CustomerID.String(), "e.id > ?": f.After.String(),
	} {
		if id != "" {
			query = query.Where(column, id)
		}
	}
	var rows []entitlementView
	if err := query.Find(&rows).Error; err != nil {
		return nil, false, translate(err)
	}
	for _, row := range rows[:min(len(rows), limit)] {
		page = append(page, row.view())
	}
	return page, len(rows) > limit, nil
}

// Entitlement returns an entitlement or access.ErrNotFound.
func (s *Store) Entitlement(ctx context.Context, id access.EntitlementID) (EntitlementView, error) {
	var row entitlementView
	err := withNames(s.db.WithContext(ctx)).Where("e.id = ?", id).Take(&row).Error
	return row.view(), translate(err)
}

// RemoveEntitlement takes an entitlement away; access.ErrNotFound where there is none. It waits for
// requests that rest on it, so that whoever looks for live grants afterwards sees theirs.
func (s *Store) RemoveEntitlement(ctx context.Context, id access.EntitlementID, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		removed, err := removeEntitlements(tx, []access.EntitlementID{id}, by)
		if err != nil {
			return err
		}
		return s.record(tx, removed...)
	})
}

// removeEntitlements is access.ErrNotFound where one of them is not there.
func removeEntitlements(tx *gorm.DB, ids []access.EntitlementID, by Actor) (entries []entry, err error) {
	for some := range slices.Chunk(ids, together) {
		var rows []entitlementRow
		if err := tx.Clauses(forUpdate).Where("id IN ?", some).Order("id").Find(&rows).Error; err != nil {
			return nil, err
		}
		if len(rows) < len(some) {
			return nil, fmt.Errorf("%w: entitlement", access.ErrNotFound)
		}
		if err := tx.Where("id IN ?", some).Delete(&entitlementRow{}).Error; err != nil {
			return nil, err
		}
		for _, row := range rows {
			entries = append(entries, entry{
				key: "entitlement/" + row.ID.String() + "/removed", action: audit.EntitlementRemoved, by: by,
				person: row.PersonID, customer: row.CustomerID,
				details: facts{"entitlement_id": row.ID, "team_id": row.TeamID, "profile_id": row.ProfileID, "ends_at": row.EndsAt.optional()},
			})
		}
	}
	return entries, nil
}
