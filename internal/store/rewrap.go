package store

import (
	"context"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

// rewrapPage is how many rows are read at a time; each is changed by itself, so that nothing waits for long.
const rewrapPage = 200

// RewrapDataKeys puts what rewrap makes of it in the place of every wrapped data key, and returns how many there were. A key
// that is destroyed meanwhile stays so (two-keys). The first failure of rewrap ends it; it can be repeated.
func (s *Store) RewrapDataKeys(ctx context.Context, rewrap func(id access.GrantID, wrapped []byte) ([]byte, error)) (int, error) {
	type dataKeyRow struct {
		GrantID access.GrantID
		Wrapped []byte
	}
	return inPages(func(after dataKeyRow) (page []dataKeyRow, err error) {
		query := s.db.WithContext(ctx).Table("data_keys").Where("wrapped IS NOT NULL")
		if !after.GrantID.IsZero() {
			query = query.Where("grant_id > ?", after.GrantID)
		}
		return page, query.Order("grant_id").Limit(rewrapPage).Find(&page).Error
	}, func(row dataKeyRow) error {
		wrapped, err := rewrap(row.GrantID, row.Wrapped)
		if err != nil {
			return err
		}
		return s.write(ctx, func(tx *gorm.DB) error {
			return tx.Table("data_keys").Where("grant_id = ? AND wrapped IS NOT NULL", row.GrantID).Update("wrapped", wrapped).Error
		})
	})
}

// ResealAppKeys does the same with the keys of customers' own apps.
func (s *Store) ResealAppKeys(ctx context.Context, reseal func(AppKey) ([]byte, error)) (int, error) {
	return inPages(func(after appKeyRow) (page []appKeyRow, err error) {
		query := s.db.WithContext(ctx)
		if !after.ID.IsZero() {
			query = query.Where("id > ?", after.ID)
		}
		return page, query.Order("id").Limit(rewrapPage).Find(&page).Error
	}, func(row appKeyRow) error {
		key, err := row.key()
		if err != nil {
			return err
		}
		sealed, err := reseal(key)
		if err != nil {
			return err
		}
		return s.write(ctx, func(tx *gorm.DB) error {
			return tx.Model(&appKeyRow{}).Where("id = ?", row.ID).Update("sealed", sealed).Error
		})
	})
}

// inPages changes all rows, page by page, and counts them.
func inPages[R any](read func(after R) ([]R, error), change func(R) error) (changed int, err error) {
	var last R
	for {
		page, err := read(last)
		if err != nil {
			return changed, translate(err)
		}
		for _, row := range page {
			if err := change(row); err != nil {
				return changed, err
			}
			changed, last = changed+1, row
		}
		if len(page) < rewrapPage {
			return changed, nil
		}
	}
}
