package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// AccountTried notes that an account of a customer that leaves is being switched off, or failure, the kind of what went
// wrong with that. An account that is proven off stays so.
func (s *Store) AccountTried(ctx context.Context, departure access.DepartureID, id access.AccountID, failure string) error {
	columns := map[string]any{"tried_at": instant{s.now()}}
	if failure != "" {
		columns["failure"] = text(remark(failure, longestRemark))
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		return departureAccount(tx, departure, id).Where("proof IS NULL").Updates(columns).Error
	})
}

// AccountOff keeps the proof that an account of a customer that leaves is off (proof-of-off). A repeat keeps the first.
func (s *Store) AccountOff(ctx context.Context, departure access.DepartureID, id access.AccountID, proof access.Proof) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, account, err := lockDeparting(tx, departure, id)
		if err != nil || row.Proof.value != nil {
			return err
		}
		err = changeOne(departureAccount(tx, departure, id), map[string]any{"proof": structured[access.Proof]{&proof}, "failure": nil})
		if err != nil {
			return err
		}
		return s.record(tx, account.leftOff(departure, proof))
	})
}

// AccountDeletion notes what became of an account that was to be deleted after it was proven off.
func (s *Store) AccountDeletion(ctx context.Context, departure access.DepartureID, id access.AccountID, deletion access.Deletion) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, account, err := lockDeparting(tx, departure, id)
		if err != nil || row.Deletion != "" {
			return err
		}
		if err := changeOne(departureAccount(tx, departure, id), map[string]any{"deletion": text(deletion)}); err != nil {
			return err
		}
		if err := canaryDeleted(tx, id, deletion, s.now()); err != nil {
			return err
		}
		return s.record(tx, account.leftDeleted(departure, deletion))
	})
}

func (r accountRow) leftOff(departure access.DepartureID, proof access.Proof) entry {
	return entry{
		key: departureKey(departure, "account/"+r.ID.String()+"/off"), action: audit.AccountOff, person: r.PersonID, customer: r.CustomerID,
		details: facts{"departure": departure, "account_id": r.ID, "user_name": string(r.UPN), "proof": proof},
	}
}

func (r accountRow) leftDeleted(departure access.DepartureID, deletion access.Deletion) entry {
	return entry{
		key: departureKey(departure, "account/"+r.ID.String()+"/deletion"), action: audit.AccountDeleted, person: r.PersonID, customer: r.CustomerID,
		details: facts{"departure": departure, "account_id": r.ID, "user_name": string(r.UPN), "deletion": deletion},
	}
}

// canaryLeft settles the canary that a drill has proven off and deleted while its customer leaves: nobody would find it any
// more, and an account so young is not believed to be gone.
func canaryLeft(tx *gorm.DB, drill drillRow) ([]entry, error) {
	// No departure begins before this transaction ends.
	if _, err := one[customerRow](tx.Clauses(unchanged), "id = ?", drill.CustomerID); err != nil {
		return nil, err
	}
	open, err := one[departureRow](tx, "customer_id = ? AND ended_at IS NULL", drill.CustomerID)
	if errors.Is(err, access.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	row, account, err := lockDeparting(tx, open.ID, drill.CanaryID)
	if errors.Is(err, access.ErrNotFound) || err == nil && row.Proof.value != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = changeOne(departureAccount(tx, open.ID, drill.CanaryID), map[string]any{
		"proof": drill.Proof, "failure": nil, "deletion": text(access.AccountDeleted),
	})
	return []entry{account.leftOff(open.ID, *drill.Proof.value), account.leftDeleted(open.ID, access.AccountDeleted)}, err
}

func departureAccount(tx *gorm.DB, departure access.DepartureID, id access.AccountID) *gorm.DB {
	return tx.Model(&departureAccountRow{}).Where("departure_id = ? AND account_id = ?", departure, id)
}

func lockDeparting(tx *gorm.DB, departure access.DepartureID, id access.AccountID) (departureAccountRow, accountRow, error) {
	row, err := one[departureAccountRow](tx.Clauses(forUpdate), "departure_id = ? AND account_id = ?", departure, id)
	if err != nil {
		return row, accountRow{}, err
	}
	account, err := one[accountRow](tx, "id = ?", id)
	if errors.Is(err, access.ErrNotFound) {
		canary, err := one[canaryRow](tx, "id = ?", id)
		return row, canary.asAccount(), err
	}
	return row, account, err
}
