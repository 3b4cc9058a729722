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
		return s.record(tx, entry{
			key: departureKey(departure, "account/"+id.String()+"/off"), action: audit.AccountOff, person: account.PersonID, customer: account.CustomerID,
			details: facts{"departure": departure, "account_id": id, "user_name": string(account.UPN), "proof": proof},
		})
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
		return s.record(tx, entry{
			key: departureKey(departure, "account/"+id.String()+"/deletion"), action: audit.AccountDeleted, person: account.PersonID, customer: account.CustomerID,
			details: facts{"departure": departure, "account_id": id, "user_name": string(account.UPN), "deletion": deletion},
		})
	})
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
