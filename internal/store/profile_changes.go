package store

import (
	"context"
	"fmt"
	"reflect"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Profile returns an access profile or access.ErrNotFound.
func (s *Store) Profile(ctx context.Context, id access.ProfileID) (access.Profile, error) {
	row, err := one[profileRow](s.db.WithContext(ctx), "id = ?", id)
	if err != nil {
		return access.Profile{}, err
	}
	return row.profile()
}

// ChangeProfile changes a profile for the grants to come, at p.Revision (see unchangedSince). What is so already changes
// nothing; a retired profile is access.ErrIllegalTransition.
func (s *Store) ChangeProfile(ctx context.Context, p access.Profile, by Actor) error {
	return s.changeProfile(ctx, p.ID, by, func(row *profileRow) (audit.Action, string, error) {
		if row.RetiredAt != nil {
			return "", "", fmt.Errorf("%w: the profile is retired", access.ErrIllegalTransition)
		}
		before := *row
		if row.set(p); reflect.DeepEqual(before, *row) {
			return "", "", nil
		}
		if err := unchangedSince(row.Revision, p.Revision); err != nil {
			return "", "", err
		}
		row.Revision++
		return audit.ProfileChanged, fmt.Sprintf("changed/%d", row.Revision), nil
	})
}

// RetireProfile makes a profile admit no new grant. A repeat changes nothing.
func (s *Store) RetireProfile(ctx context.Context, id access.ProfileID, by Actor) error {
	return s.changeProfile(ctx, id, by, func(row *profileRow) (audit.Action, string, error) {
		if row.RetiredAt != nil {
			return "", "", nil
		}
		row.RetiredAt = &instant{s.now()}
		row.Revision++
		return audit.ProfileRetired, "retired", nil
	})
}

// changeProfile lets change see the row; an empty action says that there is nothing to write.
func (s *Store) changeProfile(ctx context.Context, id access.ProfileID, by Actor, change func(*profileRow) (action audit.Action, what string, err error)) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, err := one[profileRow](tx.Clauses(forItself), "id = ?", id)
		if err != nil {
			return err
		}
		action, what, err := change(&row)
		if err != nil || action == "" {
			return err
		}
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		return s.record(tx, row.entry(what, action, by))
	})
}
