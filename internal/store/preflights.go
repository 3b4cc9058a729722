package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Preflight judges what is known of a customer's tenant, as settings and profiles are now. access.ErrNotFound for an
// unknown customer.
func (s *Store) Preflight(ctx context.Context, id access.CustomerID) (Preflight, error) {
	db, now := s.db.WithContext(ctx), s.now()
	customer, err := readCustomer(db, id)
	if err != nil {
		return Preflight{}, err
	}
	usable, err := usableProfiles(db, []access.CustomerID{id}, now)
	if err = s.leaveOut(ctx, err); err != nil {
		return Preflight{}, err
	}
	p := Preflight{Customer: customer, Health: access.HealthUnknown}
	row, err := one[preflightRow](db, "customer_id = ?", id)
	if err != nil && !errors.Is(err, access.ErrNotFound) {
		return Preflight{}, err
	}
	if err != nil {
		row = newPreflight(id, customer.TenantID, now)
	}
	known, findings, err := row.judged(customer, usable[id], now)
	if err != nil {
		return Preflight{}, err
	}
	appeared, err := row.standing()
	if err != nil {
		return Preflight{}, err
	}
	p.Unread, p.MayTakeRole, p.HasRole = known.Unread, row.MayTakeRole, row.RoleTaken
	if row.TenantID == customer.TenantID {
		p.CheckedAt = row.CheckedAt.optional()
	}
	everythingRead := p.CheckedAt != nil && len(known.Unread) == 0
	p.Health = access.HealthOf(findings, everythingRead)
	for _, profile := range usable[id] {
		p.Profiles = append(p.Profiles, ProfileVerdict{profile, access.VerdictOn(profile.ID, findings, everythingRead)})
	}
	if customer.Connection == access.Connected {
		p.Checking, p.NextAt = row.checking(now), &row.DueAt.Time
	}
	for _, f := range findings {
		shown := PreflightFinding{Finding: f}
		for _, a := range appeared {
			if a.key() == f.Key() {
				shown.Since = &a.Since
			}
		}
		p.Findings = append(p.Findings, shown)
	}
	return p, nil
}

// PreflightSummaries sums up what is known of the tenants of some customers. One of which nothing is known is HealthUnknown.
func (s *Store) PreflightSummaries(ctx context.Context, customers []Customer) (map[access.CustomerID]PreflightSummary, error) {
	db, now := s.db.WithContext(ctx), s.now()
	ids := make([]access.CustomerID, len(customers))
	for i, c := range customers {
		ids[i] = c.ID
	}
	rows, err := preflightRows(db, ids)
	if err != nil {
		return nil, err
	}
	usable, err := usableProfiles(db, ids, now)
	if err = s.leaveOut(ctx, err); err != nil {
		return nil, err
	}
	summaries := make(map[access.CustomerID]PreflightSummary, len(customers))
	for _, c := range customers {
		row, known := rows[c.ID]
		if !known || row.CheckedAt == nil || row.TenantID != c.TenantID {
			summaries[c.ID] = PreflightSummary{Health: access.HealthUnknown}
			continue
		}
		facts, findings, err := row.judged(c, usable[c.ID], now)
		if err != nil {
			s.cannotRead(ctx, 1, err)
			summaries[c.ID] = PreflightSummary{Health: access.HealthUnknown}
			continue
		}
		sum := PreflightSummary{Health: access.HealthOf(findings, len(facts.Unread) == 0), CheckedAt: row.CheckedAt.optional()}
		for _, f := range findings {
			switch f.Severity {
			case access.Blocking:
				sum.Blocking++
			case access.Warning:
				sum.Warnings++
			default:
				sum.Infos++
			}
		}
		summaries[c.ID] = sum
	}
	return summaries, nil
}

func preflightRows(db *gorm.DB, customers []access.CustomerID) (map[access.CustomerID]preflightRow, error) {
	var rows []preflightRow
	if err := db.Where("customer_id IN ?", customers).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	byCustomer := make(map[access.CustomerID]preflightRow, len(rows))
	for _, r := range rows {
		byCustomer[r.CustomerID] = r
	}
	return byCustomer, nil
}

// RequestPreflight makes a check of the customer's tenant due now, before those of the day. A repeat before it has begun
// changes nothing. access.ErrIllegalTransition where the customer is not connected.
func (s *Store) RequestPreflight(ctx context.Context, id access.CustomerID, by Actor) error {
	return s.changePreflight(ctx, id, func(row *preflightRow) (*entry, error) {
		if row.RequestedAt != nil {
			return nil, nil
		}
		row.request(s.now())
		return &entry{
			key: fmt.Sprintf("preflight/%s/%d/requested/%s", id, row.Run, row.DueAt.Format(instantLayout)), action: audit.PreflightRequested, by: by, customer: id,
		}, nil
	})
}

// AllowAppRole says whether Hourglass may take User Administrator for its own app at the customer, and makes a check due
// now, which takes it or returns it. What is so already changes nothing.
func (s *Store) AllowAppRole(ctx context.Context, id access.CustomerID, allowed bool, by Actor) error {
	return s.changePreflight(ctx, id, func(row *preflightRow) (*entry, error) {
		if row.MayTakeRole == allowed {
			return nil, nil
		}
		row.MayTakeRole = allowed
		row.request(s.now())
		action := audit.AppRoleForbidden
		if allowed {
			action = audit.AppRoleAllowed
		}
		return &entry{
			key: fmt.Sprintf("preflight/%s/%d/role/%t/%s", id, row.Run, allowed, row.DueAt.Format(instantLayout)), action: action, by: by, customer: id,
			details: facts{"role": access.UserAdministrator},
		}, nil
	})
}

// changePreflight lets change see the row of a connected customer; a nil entry says that there is nothing to write.
func (s *Store) changePreflight(ctx context.Context, id access.CustomerID, change func(*preflightRow) (*entry, error)) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		customer, err := one[customerRow](present(tx.Clauses(unchanged)), "id = ?", id)
		if err != nil {
			return err
		}
		if customer.Connection != string(access.Connected) {
			return fmt.Errorf("%w: the customer is not connected", access.ErrIllegalTransition)
		}
		row, err := one[preflightRow](tx.Clauses(forUpdate), "customer_id = ?", id)
		if err != nil {
			return err
		}
		e, err := change(&row)
		if err != nil || e == nil {
			return err
		}
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return s.record(tx, *e)
	})
}

// request makes the row due, before those of the day.
func (r *preflightRow) request(now time.Time) {
	r.DueAt, r.RequestedAt = instant{now}, &instant{now}
}
