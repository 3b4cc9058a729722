package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// One row that cannot be read is named, and keeps none of the others from their turn.
func TestUnreadableRowsHideNoOthers(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		spoilt, whole := w.contoso, w.fabrikam
		w.entitle(w.ada, w.helpDesk)

		for _, c := range []store.Customer{spoilt, whole} {
			w.requestPreflight(c)
		}
		w.exec(`UPDATE preflights SET facts = '{"Licence":"p9"}' WHERE customer_id = '` + spoilt.ID.String() + `'`)
		tasks, err := w.ClaimPreflights(ctx, 10, lease)
		require.ErrorIs(t, err, store.ErrUnreadable)
		require.Len(t, tasks, 1)
		assert.Equal(t, whole.ID, tasks[0].Customer.ID)
		w.nothingDue() // the spoilt one is out of the way as long as the other
		w.clock.Advance(lease)
		_, err = w.ClaimPreflights(ctx, 10, lease)
		assert.ErrorIs(t, err, store.ErrUnreadable, "and comes back")
		require.NoError(t, w.FinishPreflight(ctx, w.reclaimed(whole), allRead(w), w.clock.Now(), w.clock.Now()))
		w.exec(`UPDATE preflights SET checked_at = due_at`)
		summaries, err := w.PreflightSummaries(ctx, []store.Customer{spoilt, whole})
		require.NoError(t, err)
		assert.Equal(t, access.HealthUnknown, summaries[spoilt.ID].Health)
		assert.Equal(t, access.HealthOK, summaries[whole.ID].Health)

		first, second := w.unconnected("Adventure Works"), w.unconnected("Northwind")
		for _, c := range []store.Customer{first, second} {
			_, err := w.TakeConsent(ctx, w.callback(w.begin(c.ID, w.tenantID())))
			require.NoError(t, err)
		}
		w.unchecked("connection_attempts", "connection_attempts_check", "UPDATE connection_attempts SET failure = 'perhaps' WHERE customer_id = '"+first.ID.String()+"'")
		due, err := w.DueConnections(ctx, 10)
		require.ErrorIs(t, err, store.ErrUnreadable)
		require.Len(t, due, 1)
		assert.Equal(t, second.ID, due[0].CustomerID)

		before, err := w.Census(ctx)
		require.NoError(t, err)
		w.unchecked("customers", "customers_connection_check", "UPDATE customers SET connection = 'perhaps' WHERE id = '"+spoilt.ID.String()+"'")
		page, _, err := w.CustomerPage(ctx, store.CustomerFilter{})
		require.NoError(t, err)
		assert.Len(t, page, 3)
		after, err := w.Census(ctx)
		require.NoError(t, err)
		assert.Equal(t, before.Unreadable+1, after.Unreadable, "counted")
	})
}

// A list goes on behind what cannot be read, be it the end of a page or all of it, and reads it once.
func TestUnreadableRowsEndNoListOfCustomers(t *testing.T) {
	for what, damage := range map[string]string{"connection": "connection = 'perhaps'", "name": "name = 'two\nlines', sort_name = sort_name || '\n'"} {
		t.Run(what, func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				for _, called := range []string{"0A", "0B", "0C", "0D", "0E", "0F"} { // before those that are there
					w.customer(called)
				}
				w.unchecked("customers", "customers_connection_check", "UPDATE customers SET "+damage+" WHERE name IN ('0B', '0C', '0D', '0F')")
				before, err := w.Census(t.Context())
				require.NoError(t, err)
				var pages [][]string
				f := store.CustomerFilter{Limit: 2}
				for len(pages) == 0 || f.After != "" {
					page, next, err := w.CustomerPage(t.Context(), f)
					require.NoError(t, err)
					names := []string{}
					for _, c := range page {
						names = append(names, c.Name.String())
					}
					pages, f.After = append(pages, names), next
				}
				assert.Equal(t, [][]string{{"0A"}, {}, {"0E"}, {w.contoso.Name.String(), w.fabrikam.Name.String()}}, pages)
				after, err := w.Census(t.Context())
				require.NoError(t, err)
				assert.Equal(t, before.Unreadable+4, after.Unreadable, "each once")
			})
		})
	}
}

// One secret that cannot be read does not keep the others from their warnings.
func TestUnreadableKeysHideNoWarning(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		var attempts []store.NewAttempt
		for _, name := range []string{"Adventure Works", "Northwind"} {
			n := w.withApp(w.unconnected(name).ID, w.tenantID(), 20*day)
			require.NoError(t, w.Connect(t.Context(), n.ID, w.verified(n)))
			attempts = append(attempts, n)
		}
		w.unchecked("app_keys", "app_keys_kind_check", "UPDATE app_keys SET kind = 'perhaps' WHERE customer_id = '"+attempts[0].CustomerID.String()+"'")
		given, err := w.WarnOfExpiry(t.Context())
		require.ErrorIs(t, err, store.ErrUnreadable)
		require.Len(t, given, 1)
		assert.Equal(t, attempts[1].CustomerID, given[0].CustomerID)
	})
}

// reclaimed is a further check of a customer's.
func (w *world) reclaimed(c store.Customer) store.PreflightTask {
	w.t.Helper()
	w.clock.Advance(lease)
	w.requestPreflight(c)
	tasks, err := w.ClaimPreflights(w.t.Context(), 10, lease)
	require.ErrorIs(w.t, err, store.ErrUnreadable)
	require.Len(w.t, tasks, 1)
	return tasks[0]
}

// A profile, a customer, a pre-flight, a grant or a drill that cannot be read costs people what it is about, and nothing else.
func TestUnreadableRowsHideNoOtherAccess(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.entitle(w.ada, w.helpDesk)
		other := w.profile("Security", false)
		w.entitle(w.ada, other)
		reached := func() (names []string) {
			reaches, err := w.Access(ctx, w.ada.ID, w.clock.Now())
			require.NoError(t, err)
			for _, r := range reaches {
				for _, p := range r.Profiles {
					names = append(names, r.Customer.Name.String()+": "+p.Name.String())
				}
			}
			return names
		}
		all := reached()
		require.NotEmpty(t, all)

		w.requestPreflight(w.contoso)
		w.exec(`UPDATE preflights SET facts = '{"Licence":"p9"}'`)
		assert.Equal(t, all, reached(), "whose pre-flight cannot be read is reached all the same")
		w.exec(`UPDATE preflights SET facts = '{}'`)

		w.drill()
		running := func() int {
			found, err := w.RunningDrills(ctx, 10)
			if err != nil {
				require.ErrorIs(t, err, store.ErrUnreadable)
			}
			return len(found)
		}
		n := w.newDrill()
		n.CustomerID = w.fabrikam.ID
		_, begun, err := w.BeginDrill(ctx, n, w.by())
		require.NoError(t, err)
		require.True(t, begun)
		require.Equal(t, 2, running())
		w.exec("UPDATE drills SET credential = 'perhaps' WHERE customer_id = '" + w.contoso.ID.String() + "'")
		assert.Equal(t, 1, running(), "the workers look after the others")
		_, err = w.LastDrills(ctx, []access.CustomerID{w.contoso.ID, w.fabrikam.ID})
		require.NoError(t, err)

		w.unchecked("profiles", "profiles_credential_check", "UPDATE profiles SET credential = 'perhaps' WHERE id = '"+other.ID.String()+"'")
		rest := reached()
		assert.Len(t, rest, len(all)/2)
		for _, name := range rest {
			assert.Contains(t, name, "Help desk")
		}
		_, err = w.PreflightSummaries(ctx, []store.Customer{w.contoso, w.fabrikam})
		require.NoError(t, err)
		w.clock.Advance(lease)
		w.requestPreflight(w.contoso)
		tasks, err := w.ClaimPreflights(ctx, 10, lease)
		require.NoError(t, err)
		require.NotEmpty(t, tasks)
		require.NoError(t, w.FinishPreflight(ctx, tasks[0], allRead(w), w.clock.Now(), w.clock.Now()))

		w.unchecked("customers", "customers_connection_check", "UPDATE customers SET connection = 'perhaps' WHERE id = '"+w.contoso.ID.String()+"'")
		assert.Len(t, reached(), len(rest)-1)
	})
}
