package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Hash is the name of a passkey in addresses and in the audit log: the SHA-256 of its credential id.
func (k Passkey) Hash() [32]byte { return sha256.Sum256(k.CredentialID) }

// Removal says which passkey goes.
type Removal struct {
	PersonID access.PersonID
	Hash     [32]byte
	// EvenLast: the person is meant to have none left.
	EvenLast bool
	// Keep is a session that goes on, zero for none. All others of the person end: one of them may be a thief's.
	Keep [32]byte
}

// RemovePasskey takes a passkey from a person; access.ErrNotFound where they have no such one, access.ErrLastPasskey
// where it is the only one and EvenLast is not said.
func (s *Store) RemovePasskey(ctx context.Context, r Removal, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		// The lock makes removals queue, so that two of them do not each leave the other's.
		if _, err := one[personRow](tx.Clauses(forItself), "id = ?", r.PersonID); err != nil {
			return err
		}
		var rows []passkeyRow
		if err := tx.Where("person_id = ?", r.PersonID).Find(&rows).Error; err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(k passkeyRow) bool { return sha256.Sum256(k.CredentialID) == r.Hash })
		switch {
		case i < 0:
			return access.ErrNotFound
		case len(rows) == 1 && !r.EvenLast:
			return access.ErrLastPasskey
		}
		if err := tx.Where("credential_id = ?", rows[i].CredentialID).Delete(&passkeyRow{}).Error; err != nil {
			return err
		}
		sessions, err := deleteSessions(tx, by, "person_id = ? AND id <> ?", r.PersonID, digest(r.Keep))
		if err != nil {
			return err
		}
		removed := entry{
			key: fmt.Sprintf("passkey/%x/removed", r.Hash), action: audit.PasskeyRemoved, by: by, person: r.PersonID,
			details: facts{"name": rows[i].Name, "credential_id_sha256": hex.EncodeToString(r.Hash[:]), "last": len(rows) == 1},
		}
		return s.record(tx, append([]entry{removed}, sessions...)...)
	})
}
