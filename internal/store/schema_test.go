package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestDatabaseHoldsTheDomainsTransitions(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		rows, err := w.raw.Query("SELECT from_state, to_state FROM grant_transitions")
		require.NoError(t, err)
		defer rows.Close()
		var held []access.Transition
		for rows.Next() {
			var transition access.Transition
			require.NoError(t, rows.Scan(&transition.From, &transition.To))
			held = append(held, transition)
		}
		require.NoError(t, rows.Err())
		assert.ElementsMatch(t, access.Transitions, held)

		for _, change := range []string{
			"INSERT INTO grant_transitions VALUES ('ended', 'active')",
			"UPDATE grant_transitions SET to_state = 'active'",
			"DELETE FROM grant_transitions",
		} {
			_, err := w.raw.Exec(change)
			assert.True(t, w.refusedByTrigger(err), "%s: %v", change, err)
		}
	})
}

func TestDatabaseRefusesEveryIllegalTransition(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		for _, from := range access.States {
			g := w.grantIn(from, from == access.AwaitingApproval)
			for _, to := range access.States {
				legal := access.CheckTransition(from, to) == nil
				if legal || from == to && from != access.Ended {
					continue
				}
				_, err := w.raw.Exec("UPDATE grants SET state = '" + string(to) + "' WHERE id = '" + g.ID.String() + "'")
				assert.True(t, w.refusedByTrigger(err), "from %s to %s: %v", from, to, err)
			}
		}
	})
}

func TestDatabaseKeepsGrants(t *testing.T) {
	tests := map[string]string{
		"an ended grant changes":   "UPDATE grants SET touched_at = touched_at WHERE state = 'ended'",
		"the roles change":         "UPDATE grants SET roles = '[\"0b000000-0000-4000-8000-000000000001\"]' WHERE state = 'active'",
		"the maximum changes":      "UPDATE grants SET maximum_seconds = 86400 WHERE state = 'active'",
		"the person changes":       "UPDATE grants SET person_id = person_id WHERE state = 'active'",
		"an ended grant is gone":   "DELETE FROM grants WHERE state = 'ended'",
		"a live grant is gone":     "DELETE FROM grants WHERE state = 'active'",
		"a grant begins as active": "INSERT INTO grants SELECT * FROM grants WHERE state = 'active'",
	}
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.grantIn(access.Ended, false)
		w.grantIn(access.Active, false)
		before := w.dump()
		for what, change := range tests {
			_, err := w.raw.Exec(change)
			assert.True(t, w.refusedByTrigger(err), "%s: %v", what, err)
		}
		if w.kind == "postgres" {
			_, err := w.raw.Exec("TRUNCATE grants CASCADE")
			assert.True(t, w.refusedByTrigger(err), "%v", err)
		}
		assert.Equal(t, before, w.dump())
	})
}

func TestDatabaseRefusesWhatAGrantCannotBe(t *testing.T) {
	tests := map[string]string{
		"unknown state":             "state = 'paused'",
		"outcome before the end":    "outcome = 'expired'",
		"cause before ending":       "cause = 'expired'",
		"unknown cause":             "state = 'ending', ending_at = active_at, cause = 'bored'",
		"ending without cause":      "state = 'ending', ending_at = active_at",
		"ending without instant":    "state = 'ending', cause = 'expired'",
		"active without expiry":     "expires_at = NULL",
		"expiry before the start":   "expires_at = active_at",
		"expiry beyond the maximum": "expires_at = '2026-11-02 16:00:01.123456Z'",
		"deadline in the past":      "deadline = requested_at",
		"no revision":               "revision = 0",
	}
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.grantIn(access.Active, false)
		for what, set := range tests {
			_, err := w.raw.Exec("UPDATE grants SET " + set)
			require.Error(t, err, what)
			if what != "unknown state" {
				assert.False(t, w.refusedByTrigger(err), "%s: %v", what, err)
			}
		}
		// The last legal instant is legal.
		w.exec("UPDATE grants SET expires_at = '2026-11-02 16:00:00.123456Z'")
	})
}

// The unique index refuses, not the order in which the store looks.
func TestOneLiveGrantIsHeldByTheDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		g := w.request(w.ada, w.contoso, w.helpDesk)
		// What fixes the terms is out of the way for a moment.
		second := w.request(w.ada, w.fabrikam, w.helpDesk)
		if w.kind == "postgres" {
			w.exec("ALTER TABLE grants DISABLE TRIGGER grants_terms_are_fixed")
		} else {
			w.exec("DROP TRIGGER grants_terms_are_fixed")
		}
		move := "UPDATE grants SET customer_id = '" + w.contoso.ID.String() + "' WHERE id = '" + second.ID.String() + "'"
		_, err := w.raw.Exec(move)
		assert.Error(t, err)
		w.bringTo(g.ID, access.Ended)
		w.exec(move)
	})
}
