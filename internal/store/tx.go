package store

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hourglass/internal/access"
)

// write runs fn in one transaction. PostgreSQL works at READ COMMITTED with explicit row locks; in
// SQLite the transaction begins immediate, so that what it reads stays true until it commits.
//
// A transaction that failed only because of others is repeated a few times, so fn must set whatever
// it hands out anew each time. By design (one order of locks, one writer) that hardly happens.
func (s *Store) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		err := s.writeOnce(ctx, fn)
		if err == nil || attempt == attempts || !passing(err) {
			return translate(err)
		}
		s.log.WarnContext(ctx, "transaction repeated", slog.Int("attempt", attempt))
		pause := time.Duration(attempt*attempt)*10*time.Millisecond + rand.N(10*time.Millisecond)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if s.writer != nil {
		// Writers of this process queue here, in order, instead of polling for SQLite's lock.
		select {
		case s.writer <- struct{}{}:
			defer func() { <-s.writer }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.db.WithContext(ctx).Transaction(fn)
}

// Row locks of PostgreSQL; in SQLite, where the writer is alone, gorm leaves them out.
var (
	// forUpdate is for a row that is about to change.
	forUpdate = clause.Locking{Strength: clause.LockingStrengthUpdate}
	// forItself keeps others off the row but lets rows that refer to it be written.
	forItself = clause.Locking{Strength: "NO KEY UPDATE"}
	// unchanged keeps the row as it is until the end of the transaction.
	unchanged = clause.Locking{Strength: clause.LockingStrengthShare}
)

// one reads the row that the query names, access.ErrNotFound where there is none.
func one[R any](db *gorm.DB, query string, args ...any) (R, error) {
	var row R
	err := db.Where(query, args...).Take(&row).Error
	return row, translate(err)
}

// all converts rows, and fails on the first that cannot be read.
func all[R, T any](rows []R, convert func(R) (T, error)) ([]T, error) {
	converted := make([]T, 0, len(rows))
	for _, row := range rows {
		v, err := convert(row)
		if err != nil {
			return nil, err
		}
		converted = append(converted, v)
	}
	return converted, nil
}

// readable converts the rows that can be read; err names the others, which are not to stand in their way.
func readable[R, T any](rows []R, convert func(R) (T, error)) (converted []T, err error) {
	var unread []error
	for _, row := range rows {
		v, err := convert(row)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		converted = append(converted, v)
	}
	return converted, errors.Join(unread...)
}

// listed is readable for lists that people look at: what cannot be read is left out, counted, and said in the log.
func listed[R, T any](ctx context.Context, s *Store, rows []R, convert func(R) (T, error)) []T {
	converted, err := readable(rows, convert)
	if err != nil {
		s.cannotRead(ctx, len(rows)-len(converted), err)
	}
	return converted
}

func (s *Store) cannotRead(ctx context.Context, rows int, err error) {
	s.leftOut.Add(uint64(rows))
	s.log.ErrorContext(ctx, "a list lacks what cannot be read", "error", err)
}

// leaveOut is nil for rows that cannot be read, which it counts and says in the log; any other error stays.
func (s *Store) leaveOut(ctx context.Context, err error) error {
	if !errors.Is(err, ErrUnreadable) {
		return err
	}
	s.cannotRead(ctx, 1, err)
	return nil
}

// together is how many rows one statement is about at most: both databases bound the number of values in one.
const together = 500

// addAll adds rows.
func addAll[R any](tx *gorm.DB, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.CreateInBatches(&rows, together).Error
}

// unchangedSince is access.ErrChanged where a row is not at the revision that a change was made from, so that nobody
// overwrites what they have not seen. Revision 0 stands for whatever is there.
func unchangedSince(row, revision int64) error {
	if revision != 0 && revision != row {
		return access.ErrChanged
	}
	return nil
}

// changeOne changes the row that the query names, access.ErrNotFound where there is none.
func changeOne(query *gorm.DB, columns map[string]any) error {
	changed := query.Updates(columns)
	if changed.Error == nil && changed.RowsAffected == 0 {
		return access.ErrNotFound
	}
	return changed.Error
}
