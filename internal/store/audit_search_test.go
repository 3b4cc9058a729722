package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func TestAuditIsSearched(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		w.clock.Advance(time.Hour)
		later := w.clock.Now()
		g := w.request(w.ada, w.contoso, w.helpDesk)
		require.NoError(t, w.SuspendPerson(t.Context(), w.grace.ID, w.by()))
		all, more, err := w.AuditPage(t.Context(), store.AuditFilter{Limit: 200})
		require.NoError(t, err)
		require.False(t, more)

		newest := all[0]
		assert.Equal(t, audit.PersonSuspended, newest.Action)
		assert.Equal(t, []string{"Admin", "Grace", ""}, []string{newest.ActorName, newest.PersonName, newest.CustomerName})
		for i, e := range all {
			assert.Equal(t, newest.Seq-int64(i), e.Seq, "newest first")
		}

		tests := map[string]struct {
			filter store.AuditFilter
			keep   func(e store.AuditEntry) bool
		}{
			"action":   {store.AuditFilter{Action: "grant.requested"}, func(e store.AuditEntry) bool { return e.Action == audit.GrantRequested }},
			"family":   {store.AuditFilter{Action: "person"}, func(e store.AuditEntry) bool { return e.Action[:7] == "person." }},
			"no such":  {store.AuditFilter{Action: "pers%"}, func(store.AuditEntry) bool { return false }},
			"actor":    {store.AuditFilter{Actor: w.admin.ID}, func(e store.AuditEntry) bool { return e.Actor == w.admin.ID }},
			"person":   {store.AuditFilter{PersonID: w.grace.ID}, func(e store.AuditEntry) bool { return e.PersonID == w.grace.ID }},
			"customer": {store.AuditFilter{CustomerID: w.contoso.ID}, func(e store.AuditEntry) bool { return e.CustomerID == w.contoso.ID }},
			"grant":    {store.AuditFilter{GrantID: g.ID}, func(e store.AuditEntry) bool { return e.GrantID == g.ID }},
			"from":     {store.AuditFilter{From: later}, func(e store.AuditEntry) bool { return !e.At.Before(later) }},
			"to":       {store.AuditFilter{To: later}, func(e store.AuditEntry) bool { return e.At.Before(later) }},
			"before":   {store.AuditFilter{Before: 3}, func(e store.AuditEntry) bool { return e.Seq < 3 }},
			"after":    {store.AuditFilter{After: 3}, func(e store.AuditEntry) bool { return e.Seq > 3 }},
		}
		for what, test := range tests {
			var want []int64
			for _, e := range all {
				if test.keep(e) {
					want = append(want, e.Seq)
				}
			}
			test.filter.Limit = 200
			page, _, err := w.AuditPage(t.Context(), test.filter)
			require.NoError(t, err, what)
			assert.Equal(t, want, sequences(page), what)
			assert.Equal(t, what == "no such", len(want) == 0, what)
		}

		page, more, err := w.AuditPage(t.Context(), store.AuditFilter{Limit: 2})
		require.NoError(t, err)
		assert.True(t, more)
		assert.Equal(t, sequences(all[:2]), sequences(page))
	})
}

func TestAuditExportIsWholeAndInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for w.lastRecord().Seq < 450 { // more than two pages
			w.team()
		}
		last := w.lastRecord().Seq
		head, n := audit.Genesis, int64(0)
		for e, err := range w.AuditExport(t.Context(), store.AuditFilter{}) {
			require.NoError(t, err)
			if n++; n == 1 {
				w.team() // made while somebody downloads
			}
			assert.Equal(t, head.Hash, e.Prev)
			head = audit.Head{Seq: e.Seq, Hash: e.Digest()}
			assert.Equal(t, e.Hash, head.Hash)
		}
		assert.Equal(t, []int64{last, last}, []int64{n, head.Seq}, "up to the newest record at the call")
	})
}

func sequences(page []store.AuditEntry) (seqs []int64) {
	for _, e := range page {
		seqs = append(seqs, e.Seq)
	}
	return seqs
}
