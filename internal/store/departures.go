package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// BeginDeparture lets a customer leave: from its commit on every request there is refused, every live grant is
// uncovered, and what accounts there are is written down. A repeat returns the departure that is under way; one that
// asks for more, a removal or the deletion of the accounts, makes that of it. A customer without a tenant has nothing to
// leave: it is removed at once, and disconnected it was already (access.ErrNotConnected where it never had a tenant).
func (s *Store) BeginDeparture(ctx context.Context, n NewDeparture, by Actor) (d Departure, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		customer, err := lockCustomer(tx, n.CustomerID)
		if err != nil {
			return err
		}
		open, err := openDeparture(tx, n.CustomerID)
		if err != nil {
			return err
		}
		var row departureRow
		switch {
		case open != nil:
			row, err = s.continueDeparture(tx, *open, n, by)
		case customer.TenantID.IsZero() && !n.Removes:
			if row, err = lastDeparture(tx, n.CustomerID); errors.Is(err, access.ErrNotFound) {
				err = access.ErrNotConnected
			}
		default:
			row, err = s.openDeparture(tx, customer, n, by)
		}
		if err != nil {
			return err
		}
		d, err = row.departure(tx)
		return err
	})
	return d, err
}

func (s *Store) openDeparture(tx *gorm.DB, customer customerRow, n NewDeparture, by Actor) (departureRow, error) {
	now := instant{s.now()}
	row := departureRow{
		ID: n.ID, CustomerID: n.CustomerID, TenantID: customer.TenantID, PersonID: by.PersonID,
		Removes: n.Removes, DeletesAccounts: n.DeletesAccounts, BegunAt: now,
	}
	if err := tx.Create(&row).Error; err != nil {
		return row, err
	}
	// A consent that is on its way must not connect the customer again.
	if err := endAttempts(tx, n.CustomerID, access.CustomerDisconnecting, now); err != nil {
		return row, err
	}
	var accounts []access.AccountID
	if !customer.TenantID.IsZero() {
		err := changeOne(tx.Model(&customerRow{}).Where("id = ?", n.CustomerID), map[string]any{"connection": string(access.Disconnecting)})
		if err != nil {
			return row, err
		}
		if accounts, err = accountIDs(tx, n.CustomerID); err != nil {
			return row, err
		}
	}
	for _, account := range accounts {
		if err := tx.Create(&departureAccountRow{DepartureID: n.ID, AccountID: account}).Error; err != nil {
			return row, err
		}
	}
	entries := []entry{{
		key: departureKey(n.ID, "begun"), action: audit.CustomerLeaving, by: by, customer: n.CustomerID,
		details: facts{
			"departure": n.ID, "tenant_id": customer.TenantID, "removes": n.Removes, "deletes_accounts": n.DeletesAccounts,
			"accounts": len(accounts),
		},
	}}
	if customer.TenantID.IsZero() {
		left, err := s.leave(tx, &row, Departure{}, Actor{})
		if err != nil {
			return row, err
		}
		entries = append(entries, left...)
	}
	return row, s.record(tx, entries...)
}

// accountIDs are the accounts that were made at a customer, the canary of its drills among them.
func accountIDs(tx *gorm.DB, id access.CustomerID) (accounts []access.AccountID, err error) {
	err = tx.Raw(`SELECT id FROM accounts WHERE customer_id = @id UNION ALL SELECT id FROM canaries WHERE customer_id = @id AND deleted_at IS NULL`,
		map[string]any{"id": id}).Scan(&accounts).Error
	return accounts, err
}

// continueDeparture makes more of a departure that is under way, where more is asked for.
func (s *Store) continueDeparture(tx *gorm.DB, row departureRow, n NewDeparture, by Actor) (departureRow, error) {
	var what string
	switch {
	case n.Removes && !row.Removes:
		what = "removes"
	case n.DeletesAccounts && !row.DeletesAccounts:
		what = "deletes"
	default:
		return row, nil
	}
	row.Removes, row.DeletesAccounts = row.Removes || n.Removes, row.DeletesAccounts || n.DeletesAccounts
	err := changeOne(tx.Model(&departureRow{}).Where("id = ?", row.ID), map[string]any{"removes": row.Removes, "deletes_accounts": row.DeletesAccounts})
	if err != nil {
		return row, err
	}
	return row, s.record(tx, entry{
		key: departureKey(row.ID, what), action: audit.CustomerLeaving, by: by, customer: row.CustomerID,
		details: facts{"departure": row.ID, "tenant_id": row.TenantID, "removes": row.Removes, "deletes_accounts": row.DeletesAccounts},
	})
}

// Departure returns the newest departure of a customer. access.ErrNotFound where there is none, and for a customer
// that was removed.
func (s *Store) Departure(ctx context.Context, id access.CustomerID) (Departure, error) {
	db := s.db.WithContext(ctx)
	if _, err := readCustomer(db, id); err != nil {
		return Departure{}, err
	}
	row, err := lastDeparture(db, id)
	if err != nil {
		return Departure{}, err
	}
	return row.departure(db)
}

// OpenDeparture returns the departure of a customer that is under way, or access.ErrNotFound.
func (s *Store) OpenDeparture(ctx context.Context, id access.CustomerID) (Departure, error) {
	db := s.db.WithContext(ctx)
	row, err := one[departureRow](db, "customer_id = ? AND ended_at IS NULL", id)
	if err != nil {
		return Departure{}, err
	}
	return row.departure(db)
}

// Leaving returns at most limit customers whose departure is under way, the longest first.
func (s *Store) Leaving(ctx context.Context, limit int) (ids []access.CustomerID, err error) {
	err = s.db.WithContext(ctx).Model(&departureRow{}).Where("ended_at IS NULL").Order("begun_at").Limit(limit).Pluck("customer_id", &ids).Error
	return ids, translate(err)
}

// EndDeparture ends the departure of a customer, if every grant there has ended and nothing is left to do at any
// account (proof-of-off), and returns it as it is then. access.ErrNotFound where none is under way.
func (s *Store) EndDeparture(ctx context.Context, id access.CustomerID) (d Departure, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		row, open, err := lockDeparture(tx, id)
		if d = open; err != nil || !d.Done() {
			return err
		}
		entries, err := s.leave(tx, row, d, Actor{})
		if err != nil {
			return err
		}
		d.EndedAt = row.EndedAt.optional()
		return s.record(tx, entries...)
	})
	return d, err
}

// lockDeparture locks a customer and its departure; access.ErrNotFound where none is under way.
func lockDeparture(tx *gorm.DB, id access.CustomerID) (*departureRow, Departure, error) {
	if _, err := lockCustomer(tx, id); err != nil {
		return nil, Departure{}, err
	}
	row, err := openDeparture(tx, id)
	if err != nil {
		return nil, Departure{}, err
	}
	if row == nil {
		return nil, Departure{}, access.ErrNotFound
	}
	d, err := row.departure(tx)
	return row, d, err
}

// Abandon ends the departure of a customer although accounts there may still be on. Each of them has to be named:
// access.ErrUnacknowledged where others are unproven, or where one was not tried yet. access.ErrNotFound where no
// departure is under way.
func (s *Store) Abandon(ctx context.Context, id access.CustomerID, acknowledged []access.AccountID, by Actor) (d Departure, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		row, open, err := lockDeparture(tx, id)
		if err != nil {
			return err
		}
		d = open
		if !sameAccounts(d.Unproven(), acknowledged) || slices.ContainsFunc(d.Accounts, DepartingAccount.untried) {
			return access.ErrUnacknowledged
		}
		entries, err := s.leave(tx, row, d, by)
		if err != nil {
			return err
		}
		d.EndedAt, d.AbandonedBy = row.EndedAt.optional(), by.PersonID
		return s.record(tx, entries...)
	})
	return d, err
}

// drilled is the canary of a drill that has not ended.
func (a DepartingAccount) drilled() bool { return a.Canary && a.InUse }

// untried accounts have not shown yet whether they can be switched off.
func (a DepartingAccount) untried() bool {
	return a.Proof == nil && a.Failure == ""
}

func sameAccounts(a, b []access.AccountID) bool {
	sorted := func(ids []access.AccountID) []access.AccountID {
		return slices.SortedFunc(slices.Values(ids), func(a, b access.AccountID) int { return cmp.Compare(a.String(), b.String()) })
	}
	return slices.Equal(sorted(a), sorted(b))
}

// leave is the end of a departure. A tenant in which an account may still be on stays with the customer: nothing else
// would know where that account is. A customer that is removed gives its tenant up; the departure keeps it. With the
// tenant goes the key of an app of the customer's own, unless a grant or a drill has still to end with it (DropLeftAppKeys).
func (s *Store) leave(tx *gorm.DB, row *departureRow, d Departure, abandonedBy Actor) ([]entry, error) {
	now := instant{s.now()}
	row.EndedAt, row.AbandonedBy = &now, abandonedBy.PersonID
	err := changeOne(tx.Model(&departureRow{}).Where("id = ?", row.ID), map[string]any{"ended_at": now, "abandoned_by": row.AbandonedBy})
	if err != nil {
		return nil, err
	}
	customer := map[string]any{"connection": string(access.Unconnected)}
	if row.Removes {
		customer["removed_at"] = now
	}
	if row.Removes || d.LiveGrants == 0 && len(d.Unproven()) == 0 {
		customer["tenant_id"] = nil
		if d.LiveGrants == 0 && !slices.ContainsFunc(d.Accounts, DepartingAccount.drilled) {
			if err := dropAppKeys(tx, row.CustomerID, true); err != nil {
				return nil, err
			}
		}
	}
	if err := changeOne(tx.Model(&customerRow{}).Where("id = ?", row.CustomerID), customer); err != nil {
		return nil, err
	}
	if err := tx.Where("customer_id = ?", row.CustomerID).Delete(&connectionRow{}).Error; err != nil {
		return nil, err
	}
	var entries []entry
	switch {
	case abandonedBy != Actor{}:
		entries = append(entries, row.entry(audit.CustomerAbandoned, "abandoned", abandonedBy, facts{"unproven": unprovenFacts(d.Accounts), "live_grants": d.LiveGrants}))
	case !row.TenantID.IsZero():
		entries = append(entries, row.entry(audit.CustomerDisconnected, "disconnected", Actor{}, facts{"accounts": len(d.Accounts)}))
	}
	if !row.Removes {
		return entries, nil
	}
	taken, err := takeEntitlements(tx, row.CustomerID)
	entries = append(entries, taken...)
	return append(entries, row.entry(audit.CustomerRemoved, "removed", Actor{}, facts{})), err
}

// takeEntitlements removes those that name the customer; those for all customers stay.
func takeEntitlements(tx *gorm.DB, id access.CustomerID) ([]entry, error) {
	var ids []access.EntitlementID
	if err := tx.Model(&entitlementRow{}).Where("customer_id = ?", id).Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, err
	}
	return removeEntitlements(tx, ids, Actor{})
}

// unprovenFacts names, for the audit log, the accounts that may still be on.
func unprovenFacts(accounts []DepartingAccount) []facts {
	unproven := []facts{}
	for _, a := range accounts {
		if a.Proof == nil {
			unproven = append(unproven, facts{
				"account_id": a.Account.ID, "object_id": a.Account.ObjectID, "user_name": a.Account.UPN, "holder": a.Holder, "failure": a.Failure,
			})
		}
	}
	return unproven
}

func (r departureRow) entry(action audit.Action, what string, by Actor, more facts) entry {
	more["departure"], more["tenant_id"] = r.ID, r.TenantID
	return entry{key: departureKey(r.ID, what), action: action, by: by, customer: r.CustomerID, details: more}
}

func departureKey(id access.DepartureID, what string) string {
	return "departure/" + id.String() + "/" + what
}
