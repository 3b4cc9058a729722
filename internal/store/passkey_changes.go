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
		row, others, err := passkeyOf(tx, r.PersonID, r.Hash)
		if err != nil {
			return err
		}
		if others == 0 && !r.EvenLast {
			return access.ErrLastPasskey
		}
		if err := tx.Where("credential_id = ?", row.CredentialID).Delete(&passkeyRow{}).Error; err != nil {
			return err
		}
		sessions, err := deleteSessions(tx, by, "person_id = ? AND id <> ?", r.PersonID, digest(r.Keep))
		if err != nil {
			return err
		}
		// A thief may have paired a browser, too.
		browsers, err := s.removeBrowsers(tx, Removed, by, "person_id = ?", r.PersonID)
		if err != nil {
			return err
		}
		removed := entry{
			key: fmt.Sprintf("passkey/%x/removed", r.Hash), action: audit.PasskeyRemoved, by: by, person: r.PersonID,
			details: facts{"name": row.Name, "credential_id_sha256": hex.EncodeToString(r.Hash[:]), "last": others == 0},
		}
		return s.record(tx, slices.Concat([]entry{removed}, sessions, browsers)...)
	})
}

// RenamePasskey lets a person call a passkey of theirs otherwise; access.ErrNotFound where they have no such one. The
// name that it has already changes nothing.
func (s *Store) RenamePasskey(ctx context.Context, p access.PersonID, hash [32]byte, name access.Name) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, _, err := passkeyOf(tx, p, hash)
		if err != nil || row.Name == name.String() {
			return err
		}
		err = changeOne(tx.Model(&passkeyRow{}).Where("credential_id = ?", row.CredentialID),
			map[string]any{"name": name.String(), "revision": row.Revision + 1})
		if err != nil {
			return err
		}
		return s.record(tx, entry{
			key: fmt.Sprintf("passkey/%x/renamed/%d", hash, row.Revision+1), action: audit.PasskeyRenamed, by: Actor{p}, person: p,
			details: facts{"name": name.String(), "before": row.Name, "credential_id_sha256": hex.EncodeToString(hash[:])},
		})
	})
}

// passkeyOf returns a passkey of a person, and how many others they have. It locks the person, so that changes queue: of
// two removals, neither leaves the other's passkey.
func passkeyOf(tx *gorm.DB, p access.PersonID, hash [32]byte) (k passkeyRow, others int, err error) {
	if _, err := one[personRow](tx.Clauses(forItself), "id = ?", p); err != nil {
		return passkeyRow{}, 0, err
	}
	var rows []passkeyRow
	if err := tx.Where("person_id = ?", p).Find(&rows).Error; err != nil {
		return passkeyRow{}, 0, err
	}
	i := slices.IndexFunc(rows, func(k passkeyRow) bool { return sha256.Sum256(k.CredentialID) == hash })
	if i < 0 {
		return passkeyRow{}, 0, access.ErrNotFound
	}
	return rows[i], len(rows) - 1, nil
}
