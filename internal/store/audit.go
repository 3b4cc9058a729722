package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// entry is what a method has to say to the audit log.
type entry struct {
	// key names the fact; the log takes each key once.
	key      string
	action   audit.Action
	by       Actor
	person   access.PersonID
	customer access.CustomerID
	grant    access.GrantID
	details  facts
}

// facts are the details of a record. Never a secret: they are read by auditors and leave the house.
type facts map[string]any

type auditRow struct {
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"`
	At         instant
	Key        string
	Action     audit.Action
	Actor      access.PersonID
	PersonID   access.PersonID
	CustomerID access.CustomerID
	GrantID    access.GrantID
	Details    string
	Prev, Hash digest
}

func (auditRow) TableName() string { return "audit_records" }

type auditHeadRow struct {
	ID   int `gorm:"primaryKey"`
	Seq  int64
	Hash digest
}

func (auditHeadRow) TableName() string { return "audit_head" }

func (r auditHeadRow) head() audit.Head { return audit.Head{Seq: r.Seq, Hash: r.Hash} }

// record appends to the audit log. It must be the last thing that a transaction does: it locks the
// head until the commit. A key that is in the log already fails the transaction; methods that can be
// repeated ask recorded first.
func (s *Store) record(tx *gorm.DB, entries ...entry) error {
	if len(entries) == 0 {
		return nil
	}
	locked, err := one[auditHeadRow](tx.Clauses(forUpdate), "id = 1")
	if err != nil {
		return fmt.Errorf("audit head: %w", err)
	}
	head := locked.head()
	rows := make([]auditRow, len(entries))
	for i, e := range entries {
		if e.details == nil {
			e.details = facts{}
		}
		details, err := audit.Canonical(e.details)
		if err != nil {
			return err
		}
		var r audit.Record
		r, head = head.Append(audit.Record{
			At: s.now(), Key: e.key, Action: e.action, Actor: e.by.PersonID,
			PersonID: e.person, CustomerID: e.customer, GrantID: e.grant, Details: details,
		})
		rows[i] = auditRow{
			Seq: r.Seq, At: instant{r.At}, Key: r.Key, Action: r.Action, Actor: r.Actor,
			PersonID: r.PersonID, CustomerID: r.CustomerID, GrantID: r.GrantID,
			Details: string(r.Details), Prev: r.Prev, Hash: r.Hash,
		}
	}
	if err := addAll(tx, rows); err != nil {
		return fmt.Errorf("append audit record %s: %w", entries[0].action, err)
	}
	err = tx.Model(&auditHeadRow{}).Where("id = 1").
		Updates(map[string]any{"seq": head.Seq, "hash": digest(head.Hash)}).Error
	if err != nil {
		return fmt.Errorf("move audit head: %w", err)
	}
	return nil
}

// recorded reports whether the log has a record of this key. The caller holds the row lock under
// which that record is written.
func recorded(tx *gorm.DB, key string) (bool, error) {
	var n int64
	err := tx.Model(&auditRow{}).Where("key = ?", key).Count(&n).Error
	return n > 0, err
}

// AuditRecords returns at most limit records after a sequence, in order.
func (s *Store) AuditRecords(ctx context.Context, after int64, limit int) ([]audit.Record, error) {
	var page []audit.Record
	for r, err := range s.auditRecords(ctx, after, limit) {
		if err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, nil
}

// VerifyAudit walks the whole chain, up to the head as it was at the call and beyond.
func (s *Store) VerifyAudit(ctx context.Context) (audit.Verdict, error) {
	row, err := one[auditHeadRow](s.db.WithContext(ctx), "id = 1")
	if err != nil {
		return audit.Verdict{}, fmt.Errorf("audit head: %w", err)
	}
	return audit.Verify(audit.Genesis, s.wholeAudit(ctx), row.head())
}

// wholeAudit yields every record in pages, so that no connection is held for long. A row that cannot
// be read is yielded with its sequence alone: no hash fits it, so that it shows as changed.
func (s *Store) wholeAudit(ctx context.Context) iter.Seq2[audit.Record, error] {
	const page = 1000
	return func(yield func(audit.Record, error) bool) {
		for after, n := int64(0), page; n == page; {
			n = 0
			for r, err := range s.auditRecords(ctx, after, page) {
				if errors.Is(err, ErrUnreadable) {
					err = nil
				}
				if !yield(r, err) || err != nil {
					return
				}
				after, n = r.Seq, n+1
			}
		}
	}
}

// auditRecords yields one page. With ErrUnreadable comes a record of which only Seq is known.
func (s *Store) auditRecords(ctx context.Context, after int64, limit int) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		rows, err := s.db.WithContext(ctx).Model(&auditRow{}).Select(auditColumns).
			Where("seq > ?", after).Order("seq").Limit(limit).Rows()
		if err != nil {
			yield(audit.Record{}, fmt.Errorf("read audit log: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			if !yield(scanAudit(rows)) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(audit.Record{}, fmt.Errorf("read audit log: %w", err))
		}
	}
}

// auditColumns are what scanAudit scans, Seq first.
const auditColumns = "seq, at, key, action, actor, person_id, customer_id, grant_id, details, prev, hash"

// scanAudit reads one row. With ErrUnreadable comes a record of which only Seq is known.
func scanAudit(rows *sql.Rows) (audit.Record, error) {
	var r auditRow
	// Scan goes from left to right: Seq is known whatever comes after it.
	err := rows.Scan(&r.Seq, &r.At, &r.Key, &r.Action, &r.Actor, &r.PersonID, &r.CustomerID, &r.GrantID, &r.Details, &r.Prev, &r.Hash)
	if err == nil && !json.Valid([]byte(r.Details)) {
		err = errors.New("its details are no JSON") // one such row would break every answer and file that it is in
	}
	if err != nil {
		return audit.Record{Seq: r.Seq}, unreadable(fmt.Sprintf("audit record %d", r.Seq), err)
	}
	return audit.Record{
		Seq: r.Seq, At: r.At.Time, Key: r.Key, Action: r.Action, Actor: r.Actor,
		PersonID: r.PersonID, CustomerID: r.CustomerID, GrantID: r.GrantID,
		Details: []byte(r.Details), Prev: r.Prev, Hash: r.Hash,
	}, nil
}

// Changes returns at most limit changes after a sequence of the audit log, in order.
// Sequences are committed in order, so whoever asks again after the last one misses nothing.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]Change, error) {
	var changes []Change
	err := s.db.WithContext(ctx).Model(&auditRow{}).Select("seq", "action", "grant_id", "person_id").
		Where("seq > ?", after).Order("seq").Limit(limit).Scan(&changes).Error
	return changes, translate(err)
}

// LastChange is the sequence of the newest audit record, 0 in an empty log.
func (s *Store) LastChange(ctx context.Context) (int64, error) {
	row, err := one[auditHeadRow](s.db.WithContext(ctx), "id = 1")
	return row.Seq, err
}
