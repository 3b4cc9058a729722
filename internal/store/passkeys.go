package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type enrolmentRow struct {
	TokenHash digest `gorm:"primaryKey"`
	PersonID  access.PersonID
	ExpiresAt instant
	UsedAt    *instant
}

func (enrolmentRow) TableName() string { return "enrolments" }

type passkeyRow struct {
	CredentialID []byte `gorm:"primaryKey"`
	PersonID     access.PersonID
	Name         string
	Credential   string
	CreatedAt    instant
	LastUsedAt   *instant
	Revision     int64
}

func (passkeyRow) TableName() string { return "passkeys" }

// longestRemark bounds, in characters, texts from outside that are kept for people to read only.
const longestRemark = 500

// AddEnrolment keeps a one-time link, which works until ExpiresAt. The person's unused links before it become void.
func (s *Store) AddEnrolment(ctx context.Context, e Enrolment, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		// The lock makes links of one person queue, so that one is left.
		if _, err := one[personRow](tx.Clauses(forItself), "id = ?", e.PersonID); err != nil {
			return fmt.Errorf("person: %w", err)
		}
		voided, err := s.voidEnrolments(tx, e.PersonID)
		if err != nil {
			return err
		}
		added, err := addEnrolments(tx, []Enrolment{e}, voided, by)
		if err != nil {
			return err
		}
		return s.record(tx, added...)
	})
}

func addEnrolments(tx *gorm.DB, enrolments []Enrolment, voided int64, by Actor) ([]entry, error) {
	rows, entries := make([]enrolmentRow, len(enrolments)), make([]entry, len(enrolments))
	for i, e := range enrolments {
		rows[i] = enrolmentRow{TokenHash: e.TokenHash, PersonID: e.PersonID, ExpiresAt: instant{e.ExpiresAt}}
		entries[i] = entry{
			key: fmt.Sprintf("enrolment/%x/added", e.TokenHash), action: audit.EnrolmentAdded, by: by, person: e.PersonID,
			details: facts{"expires_at": e.ExpiresAt.UTC(), "voided": voided},
		}
	}
	return entries, addAll(tx, rows)
}

// voidEnrolments makes a person's unused links expire now, and says how many there were.
func (s *Store) voidEnrolments(tx *gorm.DB, p access.PersonID) (int64, error) {
	now := instant{s.now()}
	voided := tx.Model(&enrolmentRow{}).Where("person_id = ? AND used_at IS NULL AND expires_at > ?", p, now).Update("expires_at", now)
	return voided.RowsAffected, voided.Error
}

// Enrolment returns a link that still works; access.ErrNotFound when it is unknown, used or expired.
func (s *Store) Enrolment(ctx context.Context, tokenHash [32]byte) (Enrolment, error) {
	row, err := one[enrolmentRow](s.db.WithContext(ctx),
		"token_hash = ? AND used_at IS NULL AND expires_at > ?", digest(tokenHash), instant{s.now()})
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{TokenHash: row.TokenHash, PersonID: row.PersonID, ExpiresAt: row.ExpiresAt.Time}, nil
}

// Enrol uses up a link, stores the passkey and ends the person's sessions, one of which may be that of whoever has the passkeys that
// were lost. Of several callers exactly one wins; the others, and whoever comes too late, get access.ErrNotFound. A passkey of
// another person is access.ErrInvalid.
func (s *Store) Enrol(ctx context.Context, tokenHash [32]byte, k Passkey) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		now := instant{s.now()}
		used := tx.Model(&enrolmentRow{}).
			Where("token_hash = ? AND person_id = ? AND used_at IS NULL AND expires_at > ?", digest(tokenHash), k.PersonID, now).
			Update("used_at", now)
		if used.Error != nil {
			return used.Error
		}
		if used.RowsAffected != 1 {
			return fmt.Errorf("%w: no such enrolment for this person", access.ErrNotFound)
		}
		added, err := s.addPasskey(tx, k, audit.PasskeyEnrolled)
		if err != nil {
			return err
		}
		sessions, err := deleteSessions(tx, Actor{}, "person_id = ?", k.PersonID)
		if err != nil {
			return err
		}
		return s.record(tx, append([]entry{added}, sessions...)...)
	})
}

// AddPasskey stores a further passkey of a signed-in person; access.ErrInvalid where it is known.
func (s *Store) AddPasskey(ctx context.Context, k Passkey) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		added, err := s.addPasskey(tx, k, audit.PasskeyAdded)
		if err != nil {
			return err
		}
		return s.record(tx, added)
	})
}

func (s *Store) addPasskey(tx *gorm.DB, k Passkey, action audit.Action) (entry, error) {
	name := remark(k.Name, longestRemark)
	err := tx.Create(&passkeyRow{
		CredentialID: k.CredentialID, PersonID: k.PersonID, Name: name, Credential: string(k.Credential),
		CreatedAt: instant{s.orNow(k.CreatedAt)}, LastUsedAt: optionalInstant(k.LastUsedAt), Revision: 1,
	}).Error
	// Credential ids have up to 1023 bytes; their hash names them as well.
	id := sha256.Sum256(k.CredentialID)
	return entry{
		key: fmt.Sprintf("passkey/%x/added", id), action: action, by: Actor{k.PersonID}, person: k.PersonID,
		details: facts{"name": name, "credential_id_sha256": hex.EncodeToString(id[:])},
	}, err
}

// Passkeys returns a person's passkeys, oldest first.
func (s *Store) Passkeys(ctx context.Context, p access.PersonID) ([]Passkey, error) {
	var rows []passkeyRow
	err := s.db.WithContext(ctx).Where("person_id = ?", p).Order("created_at, credential_id").Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	return all(rows, func(r passkeyRow) (Passkey, error) {
		return Passkey{
			CredentialID: r.CredentialID, PersonID: r.PersonID, Name: r.Name, Credential: []byte(r.Credential),
			CreatedAt: r.CreatedAt.Time, LastUsedAt: r.LastUsedAt.optional(),
		}, nil
	})
}

// UsePasskey keeps what a use makes of a passkey's credential. Of several uses at once each is judged by what the one before has left.
// That a passkey exists more than once stands in the audit log, once; it is no use of the passkey: whoever answered may have been the
// thief.
func (s *Store) UsePasskey(ctx context.Context, credentialID []byte, at time.Time, judge Judge) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, err := one[passkeyRow](tx.Clauses(forUpdate), "credential_id = ?", credentialID)
		if err != nil {
			return err
		}
		credential, cloned, err := judge([]byte(row.Credential))
		if err != nil {
			return err
		}
		columns := map[string]any{"credential": string(credential)}
		if !cloned {
			columns["last_used_at"] = instant{at}
		}
		if err := changeOne(tx.Model(&passkeyRow{}).Where("credential_id = ?", credentialID), columns); err != nil || !cloned {
			return err
		}
		id := sha256.Sum256(credentialID)
		key := fmt.Sprintf("passkey/%x/cloned", id)
		if known, err := recorded(tx, key); known || err != nil {
			return err
		}
		return s.record(tx, entry{
			key: key, action: audit.PasskeyCloned, person: row.PersonID,
			details: facts{"name": row.Name, "credential_id_sha256": hex.EncodeToString(id[:])},
		})
	})
}
