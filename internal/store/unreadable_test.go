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
