package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// ClaimPreflights takes on at most limit checks that are due, those that somebody asked for first, then those that wait
// longest. Until the lease is over nobody else is given them; after that whoever finds them. One that cannot be read is
// taken on too, so that it is out of the way as long: those that can are returned also when err names others.
func (s *Store) ClaimPreflights(ctx context.Context, limit int, lease time.Duration) (tasks []PreflightTask, err error) {
	var unread []error
	err = s.write(ctx, func(tx *gorm.DB) error {
		tasks, unread = nil, nil
		now := s.now()
		var rows []preflightRow
		// Workers that look at the same time get different ones.
		err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}).
			Where("due_at <= ? AND (leased_until IS NULL OR leased_until <= ?)", instant{now}, instant{now}).
			Where("customer_id IN (SELECT id FROM customers WHERE connection = ?)", string(access.Connected)).
			Order("requested_at IS NULL, due_at").Limit(limit).Find(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		roles, err := rolesOfProfiles(tx)
		if err = s.leaveOut(ctx, err); err != nil {
			return err
		}
		for _, row := range rows {
			row.Run++
			until := instant{now.Add(lease)}
			task, bad := row.task(tx, roles)
			if bad != nil && !errors.Is(bad, ErrUnreadable) {
				return bad
			}
			// A request that comes from now on is for another check.
			err = changeOne(tx.Model(&preflightRow{}).Where("customer_id = ?", row.CustomerID), map[string]any{
				"run": row.Run, "leased_until": until, "requested_at": nil,
			})
			if err != nil {
				return err
			}
			if bad != nil {
				unread = append(unread, bad)
				continue
			}
			tasks = append(tasks, task)
		}
		return nil
	})
	return tasks, errors.Join(append(unread, err)...)
}

func (r preflightRow) task(tx *gorm.DB, roles []access.RoleID) (PreflightTask, error) {
	customer, err := readCustomer(tx, r.CustomerID)
	if err != nil {
		return PreflightTask{}, err
	}
	t := PreflightTask{
		Customer: customer, Run: r.Run, Roles: roles, Requested: r.RequestedAt != nil, MayTakeRole: r.MayTakeRole, HasRole: r.RoleTaken,
	}
	if t.Facts, err = r.facts(customer.TenantID); err != nil {
		return PreflightTask{}, err
	}
	if t.Probe, err = r.probe(); err != nil {
		return PreflightTask{}, err
	}
	if t.App, err = appInUse(tx, r.CustomerID); err != nil {
		return PreflightTask{}, err
	}
	connection, err := one[connectionRow](tx, "customer_id = ?", r.CustomerID)
	if errors.Is(err, access.ErrNotFound) {
		return t, nil
	}
	t.AtConnect = connection.Permissions
	return t, err
}

// rolesOfProfiles are the roles of all profiles that are not retired, each once.
func rolesOfProfiles(tx *gorm.DB) (roles []access.RoleID, err error) {
	profiles, err := readProfiles(tx.Where("retired_at IS NULL"))
	for _, p := range profiles {
		for _, role := range p.Roles {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	return roles, err
}

// NoteProbe keeps what is known of the account on which password resets are tried: its marker before it is made, and its id
// after. access.ErrIllegalTransition where another worker has taken the check over.
func (s *Store) NoteProbe(ctx context.Context, t PreflightTask, p Probe) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, err := t.row(tx)
		if err != nil {
			return err
		}
		row.ProbeMarker, row.ProbeObjectID, row.ProbedAt = text(p.Marker.String()), p.ObjectID, optionalInstant(p.At)
		return tx.Save(&row).Error
	})
}

// NoteAppRole records that Hourglass takes User Administrator for its own app, before it does, or has returned it. What is so
// already changes nothing.
func (s *Store) NoteAppRole(ctx context.Context, t PreflightTask, taken bool) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, err := t.row(tx)
		if err != nil || row.RoleTaken == taken {
			return err
		}
		action := audit.AppRoleReturned
		if taken {
			if !row.MayTakeRole {
				return fmt.Errorf("%w: nobody allowed the app a role", access.ErrIllegalTransition)
			}
			action = audit.AppRoleTaken
		}
		row.RoleTaken = taken
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return s.record(tx, entry{
			key: fmt.Sprintf("preflight/%s/%d/role/%t", row.CustomerID, row.Run, taken), action: action, customer: row.CustomerID,
			details: facts{"role": access.UserAdministrator},
		})
	})
}

// row locks the row of a check that nobody else has taken over.
func (t PreflightTask) row(tx *gorm.DB) (preflightRow, error) {
	row, err := one[preflightRow](tx.Clauses(forUpdate), "customer_id = ?", t.Customer.ID)
	if err == nil && row.Run != t.Run {
		err = fmt.Errorf("%w: another worker has taken the check over", access.ErrIllegalTransition)
	}
	return row, err
}

// FinishPreflight writes down what a check has read, and records what appeared since the one before and what is mended. The
// tenant is checked again at next, or at soon where no grant would work there or something could not be read; at once where
// somebody has asked for it meanwhile. access.ErrIllegalTransition where another worker has taken the check over.
func (s *Store) FinishPreflight(ctx context.Context, t PreflightTask, read access.TenantFacts, next, soon time.Time) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		customer, err := readCustomer(tx.Clauses(unchanged), t.Customer.ID)
		if err != nil {
			return err
		}
		now := s.now()
		usable, err := usableProfiles(tx, []access.CustomerID{customer.ID}, now)
		if err = s.leaveOut(ctx, err); err != nil {
			return err
		}
		row, err := t.row(tx)
		if err != nil {
			return err
		}
		row.TenantID = t.Customer.TenantID
		if row.Facts, err = documentOf(read.After(t.Facts)); err != nil {
			return err
		}
		known, findings, err := row.judged(customer, usable[customer.ID], now)
		if err != nil {
			return err
		}
		if len(known.Unread) > 0 || slices.ContainsFunc(findings, access.Finding.Stops) {
			next = soon
		}
		changes, err := row.stand(findings, now)
		if err != nil {
			return err
		}
		row.CheckedAt, row.LeasedUntil = &instant{now}, nil
		if row.RequestedAt == nil {
			row.DueAt = instant{next}
		}
		if err := tx.Save(&row).Error; err != nil || changes == nil {
			return err
		}
		return s.record(tx, changes...)
	})
}

// stand makes the findings those that stand, and returns what the audit log has to say of it.
func (r *preflightRow) stand(findings []access.Finding, now time.Time) (changes []entry, err error) {
	before, err := r.standing()
	if err != nil {
		return nil, err
	}
	record := func(action audit.Action, key access.FindingKey, profiles []access.ProfileID) {
		changes = append(changes, entry{
			key: fmt.Sprintf("preflight/%s/%d/%s/%s/%s/%s", r.CustomerID, r.Run, action, key.Code, key.Subject, key.Severity), action: action, customer: r.CustomerID,
			details: facts{"code": key.Code, "subject": key.Subject, "severity": key.Severity, "profiles": profiles},
		})
	}
	after := []standing{}
	for _, f := range findings {
		key := f.Key()
		if i := slices.IndexFunc(before, func(s standing) bool { return s.key() == key }); i >= 0 {
			after = append(after, before[i])
			continue
		}
		after = append(after, standing{key.Code, key.Subject, key.Severity, now})
		record(audit.FindingAppeared, key, f.Profiles)
	}
	for _, s := range before {
		if !slices.ContainsFunc(findings, func(f access.Finding) bool { return f.Key() == s.key() }) {
			record(audit.FindingMended, s.key(), nil)
		}
	}
	r.Standing, err = documentOf(after)
	return changes, err
}

// beginPreflight makes the first check of a tenant due now, or the next one where the tenant is known. What was known of
// another tenant is forgotten.
func beginPreflight(tx *gorm.DB, customer access.CustomerID, tenant access.TenantID, now time.Time) error {
	row, err := one[preflightRow](tx.Clauses(forUpdate), "customer_id = ?", customer)
	if err != nil && !errors.Is(err, access.ErrNotFound) {
		return err
	}
	if err != nil || row.TenantID != tenant {
		run := row.Run
		row = newPreflight(customer, tenant, now)
		row.Run = run
	}
	row.request(now)
	return tx.Save(&row).Error
}
