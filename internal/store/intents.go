package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

// Intent is a client's name for one thing that it wants made once, however often it asks. The zero Intent is none.
type Intent struct {
	// Key is the client's, 1 to 255 characters; it counts per person.
	Key string
	// Fingerprint is of what is asked for.
	Fingerprint [32]byte
}

// Repeated is the error of an addition whose intent was carried out before. ID is what was made then.
type Repeated struct{ ID string }

func (*Repeated) Error() string { return "made before" }

type intentRow struct {
	PersonID    access.PersonID `gorm:"primaryKey"`
	Key         string          `gorm:"primaryKey"`
	Fingerprint digest
	ObjectID    string
	UsedAt      instant
}

func (intentRow) TableName() string { return "idempotency_keys" }

// intentsKept is how long a key is remembered, far beyond any retry of a client.
const intentsKept = 30 * 24 * time.Hour

// make adds an object of this id with its records, unless the intent has made one before (*Repeated). A key that made
// something else is access.ErrKeyReused. An addition that fails leaves its key unused.
func (s *Store) make(ctx context.Context, id string, by Actor, once []Intent, add func(tx *gorm.DB) ([]entry, error)) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		for _, intent := range once {
			if err := s.claim(tx, by, intent, id); err != nil {
				return err
			}
		}
		added, err := add(tx)
		if err != nil {
			return err
		}
		return s.record(tx, added...)
	})
}

func (s *Store) claim(tx *gorm.DB, by Actor, intent Intent, id string) error {
	if intent == (Intent{}) {
		return nil
	}
	if err := checkToken("an idempotency key", intent.Key); err != nil {
		return err
	}
	// The lock makes a person's requests queue, so that a key is used once.
	if _, err := one[personRow](tx.Clauses(forItself), "id = ?", by.PersonID); err != nil {
		return err
	}
	own := tx.Where("person_id = ?", by.PersonID).Session(&gorm.Session{})
	if err := own.Where("used_at < ?", instant{s.now().Add(-intentsKept)}).Delete(&intentRow{}).Error; err != nil {
		return err
	}
	var earlier []intentRow
	if err := own.Where("key = ?", intent.Key).Find(&earlier).Error; err != nil {
		return err
	}
	if len(earlier) == 0 {
		return tx.Create(&intentRow{
			PersonID: by.PersonID, Key: intent.Key, Fingerprint: intent.Fingerprint, ObjectID: id, UsedAt: instant{s.now()},
		}).Error
	}
	if earlier[0].Fingerprint != intent.Fingerprint {
		return access.ErrKeyReused
	}
	return &Repeated{ID: earlier[0].ObjectID}
}
