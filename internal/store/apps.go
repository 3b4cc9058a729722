package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// left is a key of a removed customer: nobody needs it but the grants and the drill that have not ended there.
const (
	left      = `customer_id IN (SELECT id FROM customers WHERE removed_at IS NOT NULL)`
	stillEnds = `(EXISTS (SELECT 1 FROM grants g WHERE g.customer_id = app_keys.customer_id AND g.state <> 'ended')
		OR EXISTS (SELECT 1 FROM drills d WHERE d.customer_id = app_keys.customer_id AND d.ended_at IS NULL))`
)

// AppKeyInUse returns the key with which an app of the customer's own speaks in a tenant; access.ErrNotFound where none
// does, or where the tenant is not that customer's any more (right-tenant) and neither grant nor drill has still to end there.
func (s *Store) AppKeyInUse(ctx context.Context, tenant access.TenantID) (AppKey, error) {
	row, err := one[appKeyRow](s.db.WithContext(ctx), `tenant_id = ? AND in_use
		AND (customer_id IN (SELECT id FROM customers WHERE tenant_id = ?) OR `+left+` AND `+stillEnds+`)`, tenant, tenant)
	if err != nil {
		return AppKey{}, err
	}
	return row.key()
}

// AppKey returns a key, in use or not, or access.ErrNotFound.
func (s *Store) AppKey(ctx context.Context, id access.AppKeyID) (AppKey, error) {
	row, err := one[appKeyRow](s.db.WithContext(ctx), "id = ?", id)
	if err != nil {
		return AppKey{}, err
	}
	return row.key()
}

// DropLeftAppKeys deletes the keys that removed customers left for the ends of their grants and drills, as soon as the last of
// those has ended.
func (s *Store) DropLeftAppKeys(ctx context.Context) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		return tx.Where("in_use AND " + left + " AND NOT " + stillEnds).Delete(&appKeyRow{}).Error
	})
}

// NoteDeploymentApp says which app speaks where customers have none of their own.
func (s *Store) NoteDeploymentApp(ctx context.Context, app DeploymentApp) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row := deploymentAppRow{
			ID: 1, ClientID: app.ClientID, Kind: string(app.Kind), Thumbprint: text(app.Thumbprint), ExpiresAt: optionalInstant(app.ExpiresAt),
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
}

// WarnOfExpiry records every secret and certificate in use that has come within access.AppKeyWarnings of its end since it was
// asked last, and returns what it recorded. However many ask, each warning is given once. What can be read is warned about
// also when err says that some row could not.
func (s *Store) WarnOfExpiry(ctx context.Context) (given []ExpiryWarning, err error) {
	now := s.now()
	due, unread, err := s.expiring(s.db.WithContext(ctx), now)
	if err != nil || len(due) == 0 {
		return nil, errors.Join(translate(err), unread)
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		// Read again, and locked: another worker may have been faster.
		due, _, err := s.expiring(tx.Clauses(forUpdate).Session(&gorm.Session{}), now)
		if err != nil {
			return err
		}
		given = nil
		var entries []entry
		for _, w := range due {
			e, before, err := w.record(tx)
			if err != nil {
				return err
			}
			if !before {
				given, entries = append(given, w), append(entries, e)
			}
		}
		return s.record(tx, entries...)
	})
	return given, errors.Join(err, unread)
}

// expiring lists what is to be warned about; unread names the rows that cannot be read. It asks db twice.
func (s *Store) expiring(db *gorm.DB, now time.Time) (due []ExpiryWarning, unread, err error) {
	earliest, last := access.AppKeyWarnings[0], access.AppKeyWarnings[len(access.AppKeyWarnings)-1]
	ends := instant{now.AddDate(0, 0, earliest)}
	var rows []appKeyRow
	if err := db.Where("in_use AND expires_at <= ? AND warned_days <> ?", ends, last).Order("expires_at, id").Find(&rows).Error; err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		app, err := row.inUse()
		if err != nil {
			unread = errors.Join(unread, err)
			continue
		}
		if days := app.Warning(now); days != row.WarnedDays {
			due = append(due, ExpiryWarning{AppInUse: *app, CustomerID: row.CustomerID, Days: days})
		}
	}
	deployment, err := one[deploymentAppRow](db, "id = 1 AND expires_at <= ? AND warned_days <> ?", ends, last)
	if errors.Is(err, access.ErrNotFound) {
		return due, unread, nil
	}
	if err != nil {
		return nil, nil, err
	}
	app, err := deployment.app()
	if err != nil {
		return due, errors.Join(unread, err), nil
	}
	w := ExpiryWarning{AppInUse: AppInUse{DeploymentApp: app}}
	if w.Days = w.Warning(now); w.Days != deployment.WarnedDays {
		due = append(due, w)
	}
	return due, unread, nil
}

// record notes that the warning is given, and reports whether it was given before: the deployment's app is noted anew by
// each worker that starts, and its warnings are told apart by what they are about.
func (w ExpiryWarning) record(tx *gorm.DB) (e entry, before bool, err error) {
	key := fmt.Sprintf("deployment-app/%s/%s/expires/%d", w.ClientID, w.ExpiresAt.UTC().Format(time.RFC3339), w.Days)
	rows := tx.Model(&deploymentAppRow{}).Where("id = 1")
	if w.OfCustomer {
		row, err := one[appKeyRow](tx, "customer_id = ? AND in_use", w.CustomerID)
		if err != nil {
			return entry{}, false, err
		}
		key = fmt.Sprintf("app-key/%s/expires/%d", row.ID, w.Days)
		rows = tx.Model(&appKeyRow{}).Where("id = ?", row.ID)
	}
	if err := changeOne(rows, map[string]any{"warned_days": w.Days}); err != nil {
		return entry{}, false, err
	}
	before, err = recorded(tx, key)
	return entry{
		key: key, action: audit.AppKeyExpires, customer: w.CustomerID,
		details: facts{"client_id": w.ClientID, "kind": w.Kind, "expires_at": w.ExpiresAt.UTC(), "days": w.Days},
	}, before, err
}
