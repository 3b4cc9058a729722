package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// PreflightTraces is what pre-flight has left in the tenant of a customer that leaves.
type PreflightTraces struct {
	// Probe is the account on which password resets were tried; its marker is zero where there never was one.
	Probe Probe
	// HasRole: the app was given User Administrator by Hourglass.
	HasRole bool
	// Checking: a check is still at it, and may leave more.
	Checking bool
}

// PreflightTraces of a departure's customer, in the departure's tenant.
func (s *Store) PreflightTraces(ctx context.Context, d Departure) (PreflightTraces, error) {
	row, err := one[preflightRow](s.db.WithContext(ctx), "customer_id = ? AND tenant_id = ?", d.CustomerID, d.TenantID)
	if errors.Is(err, access.ErrNotFound) {
		return PreflightTraces{}, nil
	}
	if err != nil {
		return PreflightTraces{}, err
	}
	probe, err := row.probe()
	return PreflightTraces{Probe: probe, HasRole: row.RoleTaken, Checking: row.LeasedUntil != nil && s.now().Before(row.LeasedUntil.Time)}, err
}

// ProbeDeletion notes what became of the account on which password resets were tried. One that was deleted is forgotten.
func (s *Store) ProbeDeletion(ctx context.Context, d Departure, deletion access.Deletion) error {
	return s.changeTraces(ctx, d, func(row *preflightRow) *entry {
		if row.ProbeMarker == "" {
			return nil
		}
		about := facts{"departure": d.ID, "object_id": row.ProbeObjectID, "deletion": deletion}
		if deletion == access.AccountDeleted {
			row.ProbeMarker, row.ProbeObjectID, row.ProbedAt = "", access.ObjectID{}, nil
		}
		return &entry{key: departureKey(d.ID, "probe/"+string(deletion)), action: audit.AccountDeleted, customer: d.CustomerID, details: about}
	})
}

// AppRoleLeft notes that the app has returned User Administrator in a tenant that is left, and may not take it again.
func (s *Store) AppRoleLeft(ctx context.Context, d Departure) error {
	return s.changeTraces(ctx, d, func(row *preflightRow) *entry {
		if !row.RoleTaken {
			return nil
		}
		row.RoleTaken, row.MayTakeRole = false, false
		return &entry{
			key: departureKey(d.ID, "role"), action: audit.AppRoleReturned, customer: d.CustomerID,
			details: facts{"departure": d.ID, "role": access.UserAdministrator},
		}
	})
}

// changeTraces lets change see the row; a nil entry says that there is nothing to write.
func (s *Store) changeTraces(ctx context.Context, d Departure, change func(*preflightRow) *entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, err := one[preflightRow](tx.Clauses(forUpdate), "customer_id = ? AND tenant_id = ?", d.CustomerID, d.TenantID)
		if err != nil {
			return err
		}
		e := change(&row)
		if e == nil {
			return nil
		}
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return s.record(tx, *e)
	})
}
