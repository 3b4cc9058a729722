package store_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func TestAuditBeginsAtGenesis(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		records, err := w.AuditRecords(t.Context(), 0, 1)
		require.NoError(t, err)
		require.Len(t, records, 1)
		assert.Equal(t, audit.Genesis.Hash, records[0].Prev)
		assert.Equal(t, audit.PersonAdded, records[0].Action)
		assert.Equal(t, noon, records[0].At)
		assert.Equal(t, access.PersonID{}, records[0].Actor)
		last, err := w.LastChange(t.Context())
		require.NoError(t, err)
		verdict := w.sound()
		assert.Equal(t, last, verdict.Records)
		assert.Equal(t, last, verdict.Head.Seq)
	})
}

func TestAuditLogIsAppendOnly(t *testing.T) {
	everywhere := []string{
		"UPDATE audit_records SET action = 'nothing'",
		"UPDATE audit_records SET seq = seq + 1000",
		"DELETE FROM audit_records WHERE seq = 3",
		"DELETE FROM audit_head",
		"UPDATE audit_head SET seq = seq - 1",
		"UPDATE audit_head SET seq = seq + 2",
		"UPDATE audit_head SET hash = prev FROM audit_records",
		"INSERT INTO audit_head SELECT 2, seq, hash FROM audit_head",
	}
	onEach(t, func(t *testing.T, w *world) {
		changes := slices.Clone(everywhere)
		if w.kind == "postgres" {
			changes = append(changes, "TRUNCATE audit_records", "TRUNCATE audit_head")
		}
		for _, change := range changes {
			_, err := w.raw.Exec(change)
			assert.True(t, w.refusedByTrigger(err), "%s: %v", change, err)
		}
		w.sound()
	})
}

// Live updates ask for "changes after": with many writers at once they must miss none.
func TestChangesAreSeenInOrderWithoutGaps(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		const writers, reveals = 8, 10
		ids := make([]access.GrantID, writers)
		for i := range ids {
			ids[i] = w.grantIn(access.Active, false).ID
		}
		start, err := w.LastChange(t.Context())
		require.NoError(t, err)

		var finished atomic.Bool
		seen := make(chan []store.Change)
		go func() {
			var all []store.Change
			after := start
			for {
				last := finished.Load()
				page, err := w.Changes(t.Context(), after, 7)
				if err != nil {
					t.Error(err)
					break
				}
				all = append(all, page...)
				if len(page) > 0 {
					after = page[len(page)-1].Seq
				} else if last {
					break
				}
			}
			seen <- all
		}()
		for _, err := range together(writers, func(i int) error {
			for n := range reveals {
				if err := w.RecordReveal(t.Context(), ids[i], w.ada.ID, fmt.Sprint(n), access.PassOnly); err != nil {
					return err
				}
			}
			return nil
		}) {
			require.NoError(t, err)
		}
		finished.Store(true)
		changes := <-seen
		require.Len(t, changes, writers*reveals)
		for i, c := range changes {
			assert.Equal(t, start+1+int64(i), c.Seq)
		}
		w.sound()
	})
}

// What an intruder with the database's own rights does to the log is found.
func TestNothingForgotten(t *testing.T) {
	tests := map[string]struct {
		change string
		first  int64 // the first bad sequence
		want   audit.Problem
	}{
		"time":       {"UPDATE audit_records SET at = '2026-11-02 12:00:00.123457Z' WHERE seq = 4", 4, audit.Changed},
		"key":        {"UPDATE audit_records SET key = 'x' WHERE seq = 4", 4, audit.Changed},
		"action":     {"UPDATE audit_records SET action = 'x' WHERE seq = 4", 4, audit.Changed},
		"actor":      {"UPDATE audit_records SET actor = NULL WHERE seq = 4", 4, audit.Changed},
		"person":     {"UPDATE audit_records SET person_id = NULL WHERE seq = 3", 3, audit.Changed},
		"customer":   {"UPDATE audit_records SET customer_id = NULL WHERE seq = 4", 4, audit.Changed},
		"grant":      {"UPDATE audit_records SET grant_id = '0b000000-0000-4000-8000-000000000001' WHERE seq = 4", 4, audit.Changed},
		"details":    {"UPDATE audit_records SET details = '{}' WHERE seq = 4", 4, audit.Changed},
		"prev":       {"UPDATE audit_records SET prev = hash WHERE seq = 4", 4, audit.Changed},
		"hash":       {"UPDATE audit_records SET hash = prev WHERE seq = 4", 4, audit.Changed},
		"removed":    {"DELETE FROM audit_records WHERE seq = 4", 5, audit.Gap},
		"beginning":  {"DELETE FROM audit_records WHERE seq <= 2", 3, audit.Gap},
		"end":        {"DELETE FROM audit_records WHERE seq >= 7", 7, audit.Gap},
		"everything": {"DELETE FROM audit_records", 1, audit.Gap},
	}
	onEach(t, func(t *testing.T, w *world) {
		w.disarmAudit()
		whole, err := w.VerifyAudit(t.Context())
		require.NoError(t, err)
		require.True(t, whole.OK())
		for what, test := range tests {
			w.exec("CREATE TABLE kept AS SELECT * FROM audit_records")
			w.exec(test.change)
			verdict, err := w.VerifyAudit(t.Context())
			require.NoError(t, err, what)
			assert.Equal(t, test.want, verdict.Problem, what)
			assert.Equal(t, test.first, verdict.FirstBad, what)
			w.exec("DELETE FROM audit_records")
			w.exec("INSERT INTO audit_records SELECT * FROM kept")
			w.exec("DROP TABLE kept")
		}
		w.sound()
	})
}

// A row that cannot even be read is a change, and no reason to stop verifying.
func TestUnreadableAuditRecordIsFound(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.disarmAudit()
		w.exec("UPDATE audit_records SET details = '{' WHERE seq = 5")
		_, err := w.raw.ExecContext(t.Context(), "UPDATE audit_records SET actor = 'nobody' WHERE seq = 4")
		first := int64(4)
		if w.kind == "postgres" {
			require.Error(t, err, "the column's type allows no such row")
			first = 5
		} else {
			require.NoError(t, err)
		}
		verdict, err := w.VerifyAudit(t.Context())
		require.NoError(t, err)
		assert.Equal(t, audit.Changed, verdict.Problem)
		assert.Equal(t, first, verdict.FirstBad)
		_, err = w.AuditRecords(t.Context(), 0, 100)
		assert.ErrorIs(t, err, store.ErrUnreadable)

		for seq := first; seq <= 5; seq++ {
			page, _, err := w.AuditPage(t.Context(), store.AuditFilter{Before: seq + 1, Limit: 1})
			require.NoError(t, err)
			assert.Equal(t, []store.AuditEntry{{Record: audit.Record{Seq: seq}, Unreadable: true}}, page, "shown, not hidden")
		}
	})
}

func TestAuditIsVerifiedInPages(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		const sessions = 2100
		tx, err := w.raw.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		for i := range sessions {
			const at = "'2026-11-02 13:00:00.000000Z'"
			id := "'" + fmt.Sprintf("%032d", i) + "'"
			if w.kind == "sqlite" {
				id = "CAST(" + id + " AS BLOB)"
			}
			_, err := tx.Exec(fmt.Sprintf("INSERT INTO sessions VALUES (%s, '%s', %s, %s, %s, %s, '')", id, w.ada.ID, at, at, at, at))
			require.NoError(t, err)
		}
		require.NoError(t, tx.Commit())
		n, err := w.EndSessions(t.Context(), w.ada.ID)
		require.NoError(t, err)
		require.Equal(t, sessions, n)
		assert.Greater(t, w.sound().Records, int64(sessions))
	})
}
