package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

const (
	// mostBrowsers of one person.
	mostBrowsers = 20
	// removalShown is how long a person sees that Hourglass itself removed a browser.
	removalShown = 30 * 24 * time.Hour
	// refusalTime is the stretch in which refusals of a browser for one cause are one record.
	refusalTime = 15 * time.Minute
)

type browserRow struct {
	ID             access.BrowserID `gorm:"primaryKey"`
	PersonID       access.PersonID
	Name           string
	Extension      string
	KeyThumbprint  digest
	PairedAt       instant
	LastUsedAt     *instant
	EndsAt         instant
	RemovedAt      *instant
	RemovedBecause text
}

func (browserRow) TableName() string { return "paired_browsers" }

func (r browserRow) browser() Browser {
	return Browser{
		ID: r.ID, PersonID: r.PersonID, Name: r.Name, Extension: ExtensionBuild(r.Extension), Key: r.KeyThumbprint,
		PairedAt: r.PairedAt.Time, LastUsedAt: r.LastUsedAt.optional(), EndsAt: r.EndsAt.Time,
		RemovedAt: r.RemovedAt.optional(), RemovedBecause: BrowserRemoval(r.RemovedBecause),
	}
}

// entry is a record about the browser; what, together with the browser, is its key.
func (r browserRow) entry(action audit.Action, by Actor, what string, details facts) entry {
	if details == nil {
		details = facts{}
	}
	details["browser"], details["name"] = r.ID, r.Name
	return entry{key: "browser/" + r.ID.String() + "/" + what, action: action, by: by, person: r.PersonID, details: details}
}

// Browsers returns a person's paired browsers, oldest first: those that still work, and those that Hourglass itself removed
// in the last 30 days.
func (s *Store) Browsers(ctx context.Context, p access.PersonID) ([]Browser, error) {
	var rows []browserRow
	now := s.now()
	err := s.db.WithContext(ctx).Where("person_id = ?", p).
		Where("(removed_at IS NULL AND ends_at > ?) OR (removed_at > ? AND removed_because <> ?)", instant{now}, instant{now.Add(-removalShown)}, string(Removed)).
		Order("paired_at, id").Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	browsers := make([]Browser, len(rows))
	for i, r := range rows {
		browsers[i] = r.browser()
	}
	return browsers, nil
}

// Browser returns a paired browser, also one that was removed, or access.ErrNotFound.
func (s *Store) Browser(ctx context.Context, id access.BrowserID) (Browser, error) {
	row, err := one[browserRow](s.db.WithContext(ctx), "id = ?", id)
	return row.browser(), err
}

// RemoveBrowser makes what a browser of the person holds worthless; one that Hourglass had removed is no longer shown.
// access.ErrNotFound where they have neither.
func (s *Store) RemoveBrowser(ctx context.Context, p access.PersonID, id access.BrowserID, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		removed, err := s.removeBrowsers(tx, Removed, by, "id = ? AND person_id = ?", id, p)
		if err != nil {
			return err
		}
		if len(removed) == 0 {
			seen := tx.Model(&browserRow{}).Where("id = ? AND person_id = ? AND removed_because <> ?", id, p, string(Removed))
			return changeOne(seen, map[string]any{"removed_because": string(Removed)})
		}
		return s.record(tx, removed...)
	})
}

// removeBrowsers removes those that the query names and that are not removed yet, and returns what the audit log is to say.
func (s *Store) removeBrowsers(tx *gorm.DB, because BrowserRemoval, by Actor, query string, args ...any) ([]entry, error) {
	var removed []browserRow
	err := tx.Model(&removed).Clauses(returning[browserRow]()).Where(query, args...).Where("removed_at IS NULL").
		Updates(map[string]any{"removed_at": instant{s.now()}, "removed_because": string(because)}).Error
	if err != nil {
		return nil, err
	}
	entries := make([]entry, len(removed))
	for i, r := range removed {
		entries[i] = r.entry(audit.BrowserRemoved, by, "removed", facts{"because": because})
	}
	return entries, nil
}

// TouchBrowser notes that the browser was seen.
func (s *Store) TouchBrowser(ctx context.Context, id access.BrowserID, seen time.Time) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		return changeOne(tx.Model(&browserRow{}).Where("id = ?", id), map[string]any{"last_used_at": instant{seen}})
	})
}

// RecordBrowserRefused has it in the audit log that a request in the browser's name was refused. A repeat for the same cause
// within the same quarter of an hour appends nothing, so that nobody fills the log.
func (s *Store) RecordBrowserRefused(ctx context.Context, b Browser, cause string) error {
	return s.recordAtTimes(ctx, b, "refused/"+cause, audit.BrowserRefused, facts{"cause": cause})
}

func (s *Store) recordAtTimes(ctx context.Context, b Browser, what string, action audit.Action, details facts) error {
	what = fmt.Sprintf("%s/%s", what, s.now().Truncate(refusalTime).Format(time.RFC3339))
	return s.write(ctx, func(tx *gorm.DB) error {
		// The browser's row is the lock under which the record is written.
		row, err := one[browserRow](tx.Clauses(forItself), "id = ?", b.ID)
		if err != nil {
			return err
		}
		e := row.entry(action, Actor{row.PersonID}, what, details)
		if known, err := recorded(tx, e.key); known || err != nil {
			return err
		}
		return s.record(tx, e)
	})
}

type seenProofRow struct {
	ProofHash digest `gorm:"primaryKey"`
	ExpiresAt instant
}

func (seenProofRow) TableName() string { return "seen_proofs" }

// SeeProof remembers a proof until an instant, and reports whether it came for the first time. It clears away those that
// have expired.
func (s *Store) SeeProof(ctx context.Context, proof [32]byte, until time.Time) (first bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("expires_at <= ?", instant{s.now()}).Delete(&seenProofRow{}).Error; err != nil {
			return err
		}
		added := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&seenProofRow{ProofHash: proof, ExpiresAt: instant{until}})
		first = added.RowsAffected == 1
		return added.Error
	})
	return first && err == nil, err
}
