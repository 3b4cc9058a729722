package store_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/postgrestest"
	"hourglass/internal/store"
)

func TestEndBeforeBeginning(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		n := w.newGrant(w.ada, w.contoso, w.helpDesk)
		g, created, err := w.RequestGrant(t.Context(), n)
		require.NoError(t, err)
		require.True(t, created)

		// Another process sees everything that the end needs.
		other := w.open()
		plan, err := other.Plan(t.Context(), n.ID)
		require.NoError(t, err)
		assert.Equal(t, g, plan.Grant)
		assert.Equal(t, access.Requested, g.State)
		assert.Equal(t, noon, g.RequestedAt)
		assert.Equal(t, noon.Add(30*time.Minute+time.Hour), g.Deadline)
		assert.Equal(t, w.helpDesk.Roles, g.Terms.Roles)
		assert.Equal(t, "Ada", g.PersonName)
		assert.Equal(t, "Contoso", g.CustomerName)
		assert.Equal(t, int64(1), g.Revision)
		assert.Equal(t, store.Account{ID: n.AccountID, Marker: n.Marker}, plan.Account)
		assert.Equal(t, w.ada, plan.Person)
		assert.Equal(t, w.contoso, plan.Customer)
		key, err := other.DataKey(t.Context(), n.ID)
		require.NoError(t, err)
		assert.Equal(t, n.WrappedKey, key)
		assert.Equal(t, []audit.Action{audit.GrantRequested}, w.actions(n.ID))
	})
}

func TestOneLiveGrant(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		news := make([]store.NewGrant, 20)
		for i := range news {
			news[i] = w.newGrant(w.ada, w.contoso, w.helpDesk)
		}
		errs := together(20, func(i int) error {
			_, _, err := w.RequestGrant(t.Context(), news[i])
			return err
		})
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		assert.Equal(t, 19, count(errs, func(err error) bool { return errors.Is(err, access.ErrLiveGrantExists) }))
		page, _, err := w.Grants(t.Context(), store.GrantFilter{})
		require.NoError(t, err)
		assert.Len(t, page, 1)
		w.sound()

		// Another customer is another matter.
		w.request(w.ada, w.fabrikam, w.helpDesk)
	})
}

func TestIdempotencyKeyMakesOneGrant(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		first := w.newGrant(w.ada, w.contoso, w.helpDesk)
		ids, made := make([]access.GrantID, 20), make([]bool, 20)
		news := make([]store.NewGrant, 20)
		for i := range news {
			news[i] = w.newGrant(w.ada, w.contoso, w.helpDesk)
			news[i].IdempotencyKey, news[i].Fingerprint = first.IdempotencyKey, first.Fingerprint
		}
		errs := together(20, func(i int) error {
			g, created, err := w.RequestGrant(t.Context(), news[i])
			ids[i], made[i] = g.ID, created
			return err
		})
		createdOnce := 0
		for i := range ids {
			require.NoError(t, errs[i])
			assert.Equal(t, ids[0], ids[i])
			if made[i] {
				createdOnce++
			}
		}
		assert.Equal(t, 1, createdOnce)
		assert.Equal(t, []audit.Action{audit.GrantRequested}, w.actions(ids[0]))

		changed := news[0]
		changed.Fingerprint[0]++
		_, _, err := w.RequestGrant(t.Context(), changed)
		assert.ErrorIs(t, err, access.ErrKeyReused)

		// The key is the person's own.
		w.entitle(w.grace, w.helpDesk)
		hers := w.newGrant(w.grace, w.contoso, w.helpDesk)
		hers.IdempotencyKey = first.IdempotencyKey
		_, created, err := w.RequestGrant(t.Context(), hers)
		require.NoError(t, err)
		assert.True(t, created)
	})
}

func TestAccountIsKeptBetweenGrants(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		first := w.request(w.ada, w.contoso, w.helpDesk)
		w.bringTo(first.ID, access.Ended)
		second := w.request(w.ada, w.contoso, w.helpDesk)
		assert.Equal(t, first.AccountID, second.AccountID)
		assert.NotEqual(t, first.AccountID, w.request(w.ada, w.fabrikam, w.helpDesk).AccountID)
	})
}

func TestRequestIsDecidedByTheSituationAsItIs(t *testing.T) {
	ended, later := noon.Add(-time.Second), noon.Add(time.Second)
	tests := map[string]struct {
		arrange func(w *world)
		refused access.RefusalCode // "" = granted
	}{
		"not entitled":       {func(w *world) {}, access.RefusedNotEntitled},
		"person, everywhere": {func(w *world) { w.entitle(w.ada, w.helpDesk) }, ""},
		"person, here":       {func(w *world) { w.entitlement(store.Entitlement{PersonID: w.ada.ID, CustomerID: w.contoso.ID}) }, ""},
		"person, elsewhere":  {func(w *world) { w.entitlement(store.Entitlement{PersonID: w.ada.ID, CustomerID: w.fabrikam.ID}) }, access.RefusedNotEntitled},
		"another person":     {func(w *world) { w.entitle(w.grace, w.helpDesk) }, access.RefusedNotEntitled},
		"another profile":    {func(w *world) { w.entitle(w.ada, w.guarded) }, access.RefusedNotEntitled},
		"team, everywhere":   {func(w *world) { w.entitlement(store.Entitlement{TeamID: w.team(w.ada.ID, w.grace.ID)}) }, ""},
		"team, here":         {func(w *world) { w.entitlement(store.Entitlement{TeamID: w.team(w.ada.ID), CustomerID: w.contoso.ID}) }, ""},
		"team of others":     {func(w *world) { w.entitlement(store.Entitlement{TeamID: w.team(w.grace.ID)}) }, access.RefusedNotEntitled},
		"ended":              {func(w *world) { w.entitlement(store.Entitlement{PersonID: w.ada.ID, EndsAt: &ended}) }, access.RefusedNotEntitled},
		"ends this instant":  {func(w *world) { w.entitlement(store.Entitlement{PersonID: w.ada.ID, EndsAt: &noon}) }, access.RefusedNotEntitled},
		"ends later":         {func(w *world) { w.entitlement(store.Entitlement{PersonID: w.ada.ID, EndsAt: &later}) }, ""},
		"suspended": {func(w *world) {
			w.entitle(w.ada, w.helpDesk)
			w.exec("UPDATE people SET suspended = " + w.truth() + " WHERE id = '" + w.ada.ID.String() + "'")
		}, access.RefusedPersonSuspended},
		"connection broken": {func(w *world) {
			w.entitle(w.ada, w.helpDesk)
			w.exec("UPDATE customers SET connection = 'broken' WHERE id = '" + w.contoso.ID.String() + "'")
		}, access.RefusedCustomerUnavailable},
		"limits unset": {func(w *world) {
			w.entitle(w.ada, w.helpDesk)
			w.exec("UPDATE customers SET default_lifetime_seconds = NULL, maximum_lifetime_seconds = NULL WHERE id = '" + w.contoso.ID.String() + "'")
		}, access.RefusedLifetime},
		"limits unreadable": {func(w *world) {
			w.entitle(w.ada, w.helpDesk)
			w.unchecked("customers", "customers_limits", "UPDATE customers SET maximum_lifetime_seconds = 99999999999 WHERE id = '"+w.contoso.ID.String()+"'")
		}, access.RefusedLifetime},
	}
	onEach(t, func(t *testing.T, w *world) {
		for what, test := range tests {
			w.ada, w.contoso = w.person("Ada", "ada-"+w.guid()[:8], access.Technician), w.customer("Contoso")
			test.arrange(w)
			n := w.newGrant(w.ada, w.contoso, w.helpDesk)
			_, created, err := w.RequestGrant(t.Context(), n)
			if test.refused == "" {
				require.NoError(t, err, what)
				assert.True(t, created, what)
				continue
			}
			var refused access.Refused
			require.ErrorAs(t, err, &refused, what)
			assert.Equal(t, test.refused, refused[0].Code, what)
			_, err = w.Grant(t.Context(), n.ID)
			assert.ErrorIs(t, err, access.ErrNotFound, what)
			assert.Equal(t, audit.GrantRefused, w.lastRecord().Action, what)
			assert.Equal(t, w.ada.ID, w.lastRecord().PersonID, what)
		}
		w.sound()
	})
}

func TestRequestForNothingIsNotFound(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		for what, change := range map[string]func(*store.NewGrant){
			"person":   func(n *store.NewGrant) { mint(w, &n.PersonID) },
			"customer": func(n *store.NewGrant) { mint(w, &n.CustomerID) },
			"profile":  func(n *store.NewGrant) { mint(w, &n.ProfileID) },
		} {
			n := w.newGrant(w.ada, w.contoso, w.helpDesk)
			change(&n)
			_, _, err := w.RequestGrant(t.Context(), n)
			assert.ErrorIs(t, err, access.ErrNotFound, what)
		}
		for what, change := range map[string]func(*store.NewGrant){
			"no key":          func(n *store.NewGrant) { n.IdempotencyKey = "" },
			"control key":     func(n *store.NewGrant) { n.IdempotencyKey = "a\x00b" },
			"broken UTF-8":    func(n *store.NewGrant) { n.IdempotencyKey = "a\xff" },
			"no data key":     func(n *store.NewGrant) { n.WrappedKey = nil },
			"no marker":       func(n *store.NewGrant) { n.Marker = access.Marker{} },
			"negative budget": func(n *store.NewGrant) { n.Waiting = -time.Second },
		} {
			n := w.newGrant(w.ada, w.contoso, w.helpDesk)
			change(&n)
			_, _, err := w.RequestGrant(t.Context(), n)
			assert.ErrorIs(t, err, access.ErrInvalid, what)
		}
	})
}

// Nothing that a decision rests on can be taken away while it is made: whoever takes it away has to
// wait, and then sees the grant that must be ended.
func TestSituationStaysWhileARequestIsDecided(t *testing.T) {
	t.Parallel()
	databaseURL := postgrestest.URL(t)
	raw, err := sql.Open("pgx", databaseURL)
	require.NoError(t, err)
	w := newWorld(t, "postgres", databaseURL, raw) // in SQLite the writer is alone
	w.entitlement(store.Entitlement{TeamID: w.team(w.ada.ID)})

	// The decision is made, and the record of it has to wait for the head of the log.
	head, err := raw.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = head.Exec("SELECT seq FROM audit_head FOR UPDATE")
	require.NoError(t, err)
	requested := make(chan error)
	n := w.newGrant(w.ada, w.contoso, w.helpDesk)
	go func() {
		_, _, err := w.RequestGrant(t.Context(), n)
		requested <- err
	}()
	require.Eventually(t, func() bool {
		var waiting bool
		err := raw.QueryRow("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
		return err == nil && waiting
	}, 10*time.Second, 5*time.Millisecond)

	for what, change := range map[string]string{
		"person":      "UPDATE people SET suspended = true",
		"membership":  "DELETE FROM team_members",
		"entitlement": "DELETE FROM entitlements",
		"connection":  "UPDATE customers SET connection = 'disconnecting'",
		"profile":     "UPDATE profiles SET approval_required = true",
	} {
		tx, err := raw.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.Exec("SET LOCAL lock_timeout = '50ms'")
		require.NoError(t, err)
		_, err = tx.Exec(change)
		assert.ErrorContains(t, err, "55P03", what)
		require.NoError(t, tx.Rollback())
	}
	require.NoError(t, head.Rollback())
	require.NoError(t, <-requested)
}
