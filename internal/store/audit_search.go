package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// AuditFilter selects records of the audit log; zero fields select all.
type AuditFilter struct {
	// Action is a whole action ("grant.ended") or the part before its dot ("grant").
	Action string
	// Actor did it; PersonID, CustomerID and GrantID are whom and what it is about.
	Actor, PersonID access.PersonID
	CustomerID      access.CustomerID
	GrantID         access.GrantID
	// From is the first instant that counts, To the first that no longer does.
	From, To time.Time
	// Before and After are sequences that bound the page, both outside it.
	Before, After int64
	// Limit is 1 to 1000; zero means 50.
	Limit int
}

// AuditEntry is a record with the names that people know its parts by, each "" where it names none.
type AuditEntry struct {
	audit.Record
	ActorName, PersonName, CustomerName string
	// Unreadable marks a row that was changed past the store so that only its Seq can be told.
	Unreadable bool
}

// AuditPage returns a page of the log, newest first, and whether there are older records.
func (s *Store) AuditPage(ctx context.Context, f AuditFilter) (page []AuditEntry, more bool, err error) {
	limit := pageSize(f.Limit)
	page, err = s.auditEntries(ctx, f, "seq DESC", limit+1)
	return page[:min(len(page), limit)], len(page) > limit, err
}

// AuditExport yields what a filter selects, oldest first, up to the newest record at the call. It reads in pages, so
// that no connection is held while somebody downloads slowly; the log is append-only, so nothing moves in between.
func (s *Store) AuditExport(ctx context.Context, f AuditFilter) iter.Seq2[AuditEntry, error] {
	return func(yield func(AuditEntry, error) bool) {
		last, err := s.LastChange(ctx)
		if err != nil {
			yield(AuditEntry{}, err)
			return
		}
		if f.Before == 0 || f.Before > last {
			f.Before = last + 1
		}
		for {
			page, err := s.auditEntries(ctx, f, "seq", longestPage)
			if err != nil {
				yield(AuditEntry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				f.After = e.Seq
			}
			if len(page) < longestPage {
				return
			}
		}
	}
}

func (s *Store) auditEntries(ctx context.Context, f AuditFilter, order string, limit int) ([]AuditEntry, error) {
	rows, err := f.selects(s.db.WithContext(ctx).Model(&auditRow{})).Select(auditColumns).Order(order).Limit(limit).Rows()
	if err != nil {
		return nil, fmt.Errorf("search audit log: %w", err)
	}
	defer rows.Close()
	var entries []AuditEntry
	for rows.Next() {
		record, unread := scanAudit(rows)
		entries = append(entries, AuditEntry{Record: record, Unreadable: unread != nil})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("search audit log: %w", err)
	}
	return entries, s.nameParts(ctx, entries)
}

func (f AuditFilter) selects(query *gorm.DB) *gorm.DB {
	if family, whole := f.Action, strings.Contains(f.Action, "."); whole {
		query = query.Where("action = ?", f.Action)
	} else if family != "" {
		query = query.Where(`action LIKE ? ESCAPE '\'`, strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(family)+".%")
	}
	// Everything is given as text here, so that no kind of id can get into another's column.
	for column, id := range map[string]string{
		"actor = ?": f.Actor.String(), "person_id = ?": f.PersonID.String(),
		"customer_id = ?": f.CustomerID.String(), "grant_id = ?": f.GrantID.String(),
	} {
		if id != "" {
			query = query.Where(column, id)
		}
	}
	if !f.From.IsZero() {
		query = query.Where("at >= ?", instant{f.From})
	}
	if !f.To.IsZero() {
		query = query.Where("at < ?", instant{f.To})
	}
	if f.Before > 0 {
		query = query.Where("seq < ?", f.Before)
	}
	if f.After > 0 {
		query = query.Where("seq > ?", f.After)
	}
	return query
}

// nameParts fills the names in. They are today's names: the record itself holds ids, which do not change.
func (s *Store) nameParts(ctx context.Context, entries []AuditEntry) error {
	people, customers := map[access.PersonID]string{}, map[access.CustomerID]string{}
	for _, e := range entries {
		people[e.Actor], people[e.PersonID], customers[e.CustomerID] = "", "", ""
	}
	if err := namesOf(s.db.WithContext(ctx).Table("people"), people); err != nil {
		return err
	}
	if err := namesOf(s.db.WithContext(ctx).Table("customers"), customers); err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		e.ActorName, e.PersonName, e.CustomerName = people[e.Actor], people[e.PersonID], customers[e.CustomerID]
	}
	return nil
}

// namesOf looks up the names of a table's rows; what is not there keeps "".
func namesOf[ID interface {
	comparable
	IsZero() bool
}](table *gorm.DB, names map[ID]string) error {
	var ids []ID
	for id := range names {
		if !id.IsZero() {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var found []struct {
		ID   ID
		Name string
	}
	if err := table.Select("id", "name").Where("id IN ?", ids).Scan(&found).Error; err != nil {
		return translate(err)
	}
	for _, f := range found {
		names[f.ID] = f.Name
	}
	return nil
}
