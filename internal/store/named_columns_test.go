package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// What a process of the earlier version has prepared goes on working when a migration adds columns to what it reads.
func TestAddedColumnsDisturbNobody(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		ctx, round := t.Context(), byte(0)
		everything := func() {
			t.Helper()
			g := w.bringTo(w.request(w.ada, w.contoso, w.helpDesk).ID, access.Ended)
			d := w.drillTo(w.drill(), "", time.Second, access.AccountDeleted)
			_, err := w.Drills(ctx, d.CustomerID, 1)
			require.NoError(t, err)
			for what, read := range map[string]func() error{
				"grant":        func() error { _, err := w.Grant(ctx, g.ID); return err },
				"plan":         func() error { _, err := w.Plan(ctx, g.ID); return err },
				"grants":       func() error { _, _, err := w.Grants(ctx, store.GrantFilter{}); return err },
				"strays":       func() error { _, _, err := w.Strays(ctx, w.clock.Now(), 0, store.StrayCursor{}, 10); return err },
				"people":       func() error { _, err := w.People(ctx); return err },
				"customers":    func() error { _, _, err := w.CustomerPage(ctx, store.CustomerFilter{}); return err },
				"profiles":     func() error { _, err := w.Profiles(ctx); return err },
				"entitlements": func() error { _, _, err := w.Entitlements(ctx, store.EntitlementFilter{}); return err },
				"reach":        func() error { _, err := w.Access(ctx, w.ada.ID, w.clock.Now()); return err },
				"reasons":      func() error { _, err := w.PersonReasons(ctx, w.ada.ID, w.clock.Now()); return err },
				"who":          func() error { _, err := w.CustomerReasons(ctx, w.contoso.ID, w.clock.Now()); return err },
				"preflight":    func() error { _, err := w.Preflight(ctx, w.contoso.ID); return err },
				"connection":   func() error { _, err := w.Connection(ctx, w.contoso.ID); return err },
				"records":      func() error { _, err := w.AuditRecords(ctx, 0, 1000); return err },
				"census":       func() error { _, err := w.Census(ctx); return err },
				"ceremony": func() error {
					round++
					c := store.Ceremony{ID: [32]byte{round}, Kind: "sign-in", Data: []byte("{}"), ExpiresAt: w.clock.Now().Add(time.Minute)}
					if err := w.AddCeremony(ctx, c); err != nil {
						return err
					}
					_, err := w.TakeCeremony(ctx, c.ID, c.Kind)
					return err
				},
			} {
				assert.NoError(t, read(), what)
			}
		}
		everything()
		tables := "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
		if w.kind == "sqlite" {
			tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
		}
		rows, err := w.raw.Query(tables)
		require.NoError(t, err)
		defer rows.Close()
		var names []string
		for rows.Next() {
			var name string
			require.NoError(t, rows.Scan(&name))
			names = append(names, name)
		}
		require.NoError(t, rows.Err())
		require.Greater(t, len(names), 20)
		for _, name := range names {
			w.exec("ALTER TABLE " + name + " ADD COLUMN added_later integer")
		}
		everything()
	})
}
