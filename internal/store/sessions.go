package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type sessionRow struct {
	ID         digest `gorm:"primaryKey"`
	PersonID   access.PersonID
	CreatedAt  instant
	LastSeenAt instant
	AssertedAt instant
	ExpiresAt  instant
	UserAgent  string
}

func (sessionRow) TableName() string { return "sessions" }

// AddSession opens a session. It clears away those that have expired. access.ErrNotFound where the person is suspended or the passkey
// removed meanwhile: whoever did that has ended the sessions that there were, and is not to miss this one.
func (s *Store) AddSession(ctx context.Context, se Session) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := stillSignsIn(tx, se); err != nil {
			return err
		}
		if err := tx.Where("expires_at <= ?", instant{s.now()}).Delete(&sessionRow{}).Error; err != nil {
			return err
		}
		agent := remark(se.UserAgent, longestRemark)
		err := tx.Create(&sessionRow{
			ID: se.ID, PersonID: se.PersonID, CreatedAt: instant{se.CreatedAt}, LastSeenAt: instant{se.LastSeenAt},
			AssertedAt: instant{se.AssertedAt}, ExpiresAt: instant{se.ExpiresAt}, UserAgent: agent,
		}).Error
		if err != nil {
			return err
		}
		return s.record(tx, entry{
			key: fmt.Sprintf("session/%x/opened", se.ID), action: audit.SessionOpened, by: Actor{se.PersonID}, person: se.PersonID,
			details: facts{"expires_at": se.ExpiresAt.UTC(), "user_agent": agent},
		})
	})
}

// stillSignsIn keeps a person, and with them their passkeys, as they are until the transaction ends.
func stillSignsIn(tx *gorm.DB, se Session) error {
	if _, err := one[personRow](tx.Clauses(unchanged), "id = ? AND NOT suspended", se.PersonID); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if se.CredentialID == nil {
		return nil
	}
	if _, err := one[passkeyRow](tx, "credential_id = ? AND person_id = ?", se.CredentialID, se.PersonID); err != nil {
		return fmt.Errorf("passkey: %w", err)
	}
	return nil
}

// Session returns an open session; access.ErrNotFound when it is unknown, ended or expired.
func (s *Store) Session(ctx context.Context, id [32]byte) (Session, error) {
	r, err := one[sessionRow](s.db.WithContext(ctx), "id = ? AND expires_at > ?", digest(id), instant{s.now()})
	if err != nil {
		return Session{}, err
	}
	return Session{
		ID: r.ID, PersonID: r.PersonID, CreatedAt: r.CreatedAt.Time, LastSeenAt: r.LastSeenAt.Time,
		AssertedAt: r.AssertedAt.Time, ExpiresAt: r.ExpiresAt.Time, UserAgent: r.UserAgent,
	}, nil
}

// TouchSession notes that the session was seen.
func (s *Store) TouchSession(ctx context.Context, id [32]byte, seen time.Time) error {
	return s.changeSession(ctx, id, "last_seen_at", seen)
}

// AssertSession notes that a fresh assertion was made in the session.
func (s *Store) AssertSession(ctx context.Context, id [32]byte, at time.Time) error {
	return s.changeSession(ctx, id, "asserted_at", at)
}

func (s *Store) changeSession(ctx context.Context, id [32]byte, column string, at time.Time) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		return changeOne(tx.Model(&sessionRow{}).Where("id = ?", digest(id)), map[string]any{column: instant{at}})
	})
}

// EndSession ends a session; one that has ended is no error.
func (s *Store) EndSession(ctx context.Context, id [32]byte) error {
	_, err := s.endSessions(ctx, "id = ?", digest(id))
	return err
}

// EndSessions ends every session of a person, in the person's own name, and returns how many there were.
func (s *Store) EndSessions(ctx context.Context, p access.PersonID) (int, error) {
	return s.endSessions(ctx, "person_id = ?", p)
}

func (s *Store) endSessions(ctx context.Context, query string, arg any) (ended int, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		entries, err := deleteSessions(tx, Actor{}, query, arg)
		if ended = len(entries); err != nil || ended == 0 {
			return err
		}
		return s.record(tx, entries...)
	})
	return ended, err
}

// deleteSessions ends the sessions that the query names, and returns what the audit log is to say. The zero Actor
// stands for each session's own person.
func deleteSessions(tx *gorm.DB, by Actor, query string, args ...any) ([]entry, error) {
	var ended []sessionRow
	if err := tx.Clauses(returning[sessionRow]()).Where(query, args...).Delete(&ended).Error; err != nil {
		return nil, err
	}
	entries := make([]entry, len(ended))
	for i, se := range ended {
		who := by
		if who.PersonID.IsZero() {
			who.PersonID = se.PersonID
		}
		entries[i] = entry{
			key: fmt.Sprintf("session/%x/ended", se.ID), action: audit.SessionEnded, by: who, person: se.PersonID,
		}
	}
	return entries, nil
}
