package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

type ceremonyRow struct {
	ID        digest `gorm:"primaryKey"`
	Kind      string
	PersonID  access.PersonID
	Data      []byte
	ExpiresAt instant
}

func (ceremonyRow) TableName() string { return "ceremonies" }

// AddCeremony keeps a ceremony until it is taken or expires. It clears away those that have expired.
func (s *Store) AddCeremony(ctx context.Context, c Ceremony) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("expires_at <= ?", instant{s.now()}).Delete(&ceremonyRow{}).Error; err != nil {
			return err
		}
		return tx.Create(&ceremonyRow{
			ID: c.ID, Kind: c.Kind, PersonID: c.PersonID, Data: c.Data, ExpiresAt: instant{c.ExpiresAt},
		}).Error
	})
}

// TakeCeremony returns a ceremony and deletes it in the same statement, so that exactly one caller
// gets it. access.ErrNotFound when it is unknown, taken, expired or of another kind.
func (s *Store) TakeCeremony(ctx context.Context, id [32]byte, kind string) (Ceremony, error) {
	var taken []ceremonyRow
	err := s.write(ctx, func(tx *gorm.DB) error {
		taken = nil
		return tx.Clauses(returning[ceremonyRow]()).Where("id = ? AND kind = ?", digest(id), kind).Delete(&taken).Error
	})
	if err != nil {
		return Ceremony{}, err
	}
	if len(taken) == 0 || !taken[0].ExpiresAt.After(s.now()) {
		return Ceremony{}, fmt.Errorf("%w: ceremony", access.ErrNotFound)
	}
	c := taken[0]
	return Ceremony{ID: c.ID, Kind: c.Kind, PersonID: c.PersonID, Data: c.Data, ExpiresAt: c.ExpiresAt.Time}, nil
}
