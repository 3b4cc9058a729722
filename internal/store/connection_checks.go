package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// DueConnections returns at most limit attempts whose tenant is to be asked now, those that wait longest first.
// What can be read is returned also when err says that some row could not.
func (s *Store) DueConnections(ctx context.Context, limit int) ([]Attempt, error) {
	now := s.now()
	var rows []attemptRow
	err := s.db.WithContext(ctx).Where("next_check_at <= ?", instant{now}).Order("next_check_at").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	return readable(rows, func(r attemptRow) (Attempt, error) { return r.attempt(now) })
}

// ConnectionWaits notes how far an attempt has come, which permissions are missing, and when its tenant is asked again.
// access.ErrIllegalTransition for an attempt that does not wait for its tenant any more.
func (s *Store) ConnectionWaits(ctx context.Context, id access.AttemptID, step access.ConnectStep, missing []string, until time.Time) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if _, err := waiting(tx, id); err != nil {
			return err
		}
		return changeOne(tx.Model(&attemptRow{}).Where("id = ?", id), map[string]any{
			"step": string(step), "missing": append(list{}, missing...), "next_check_at": instant{until},
		})
	})
}

// FailConnection ends an attempt that waits for its tenant. The customer's connection stays as it is, and the key that came
// with the attempt is deleted.
func (s *Store) FailConnection(ctx context.Context, id access.AttemptID, failure access.ConnectFailure) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		attempt, err := waiting(tx, id)
		if err != nil {
			return err
		}
		if err := changeOne(tx.Model(&attemptRow{}).Where("id = ?", id), failedWith(failure, instant{s.now()})); err != nil {
			return err
		}
		if err := dropAppKeys(tx, attempt.CustomerID, false); err != nil {
			return err
		}
		return s.record(tx, entry{
			key: attemptKey(id, "failed"), action: audit.ConnectionFailed, customer: attempt.CustomerID,
			details: facts{"attempt": id, "failure": failure, "missing": append([]string{}, attempt.Missing...)},
		})
	})
}

// Connect ties the customer to the tenant of the attempt (right-tenant), in which the attempt's app speaks from now on. An access.ConnectFailure where another customer
// took the tenant meanwhile, or this one another; access.ErrInvalid for a tenant that is not the attempt's; access.ErrChanged where
// the customer's settings are others than those that the domain was chosen for.
func (s *Store) Connect(ctx context.Context, id access.AttemptID, v Verified) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		// Without a lock, because the customer is locked first; it is read again below.
		seen, err := one[attemptRow](tx, "id = ?", id)
		if err != nil {
			return err
		}
		if err := tieable(tx, seen.CustomerID, v.TenantID); err != nil {
			return err
		}
		attempt, err := waiting(tx, id)
		if err != nil {
			return err
		}
		if attempt.TenantID != v.TenantID || v.AccountDomain == "" {
			return fmt.Errorf("%w: not what the attempt expects", access.ErrInvalid)
		}
		now := instant{s.now()}
		customer, err := one[customerRow](tx, "id = ?", attempt.CustomerID) // locked above
		if err != nil {
			return err
		}
		if err := unchangedSince(customer.Revision, v.Revision); err != nil {
			return err
		}
		columns := map[string]any{"tenant_id": v.TenantID, "connection": string(access.Connected)}
		if customer.AccountDomain != v.AccountDomain { // a setting: whoever changes it has to see this first
			columns["account_domain"], columns["revision"] = v.AccountDomain, customer.Revision+1
		}
		err = changeOne(tx.Model(&customerRow{}).Where("id = ?", attempt.CustomerID), columns)
		if err != nil {
			return err
		}
		if err := takeUpAppKey(tx, attempt); err != nil {
			return err
		}
		verified := connectionRow{CustomerID: attempt.CustomerID, Permissions: append(list{}, v.Permissions...), VerifiedAt: now}
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&verified).Error; err != nil {
			return err
		}
		err = changeOne(tx.Model(&attemptRow{}).Where("id = ?", id), map[string]any{
			"step": string(access.StepDone), "missing": list{}, "ended_at": now, "next_check_at": nil,
		})
		if err != nil {
			return err
		}
		if err := beginPreflight(tx, attempt.CustomerID, v.TenantID, now.Time); err != nil {
			return err
		}
		return s.record(tx, entry{
			key: attemptKey(id, "connected"), action: audit.CustomerConnected, by: Actor{attempt.PersonID}, customer: attempt.CustomerID,
			details: facts{
				"attempt": id, "tenant_id": v.TenantID, "account_domain": v.AccountDomain, "permissions": append([]string{}, v.Permissions...),
				"own_app_key": attempt.AppKeyID,
			},
		})
	})
}

// waiting locks an attempt that waits for its tenant.
func waiting(tx *gorm.DB, id access.AttemptID) (attemptRow, error) {
	row, err := one[attemptRow](tx.Clauses(forUpdate), "id = ?", id)
	if err == nil && row.NextCheckAt == nil {
		err = fmt.Errorf("%w: the attempt does not wait for its tenant", access.ErrIllegalTransition)
	}
	return row, err
}
