package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func ids(grants []store.Grant) []access.GrantID {
	ids := make([]access.GrantID, len(grants))
	for i, g := range grants {
		ids[i] = g.ID
	}
	return ids
}

// Pages neither skip nor repeat a grant, however many are requested between them, and though
// several were requested in the same microsecond.
func TestGrantsInPages(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		var newestFirst []access.GrantID
		for i := range 11 {
			if i%3 == 0 {
				w.clock.Advance(time.Microsecond)
			}
			newestFirst = append([]access.GrantID{w.grantIn(access.Requested, false).ID}, newestFirst...)
		}
		// Test ids rise, so that within a microsecond the newer one has the greater id too.
		var seen []access.GrantID
		filter := store.GrantFilter{Limit: 2}
		for {
			page, next, err := w.Grants(t.Context(), filter)
			require.NoError(t, err)
			seen = append(seen, ids(page)...)
			if next == "" {
				break
			}
			assert.Len(t, page, 2)
			filter.Before = next
			w.clock.Advance(time.Microsecond)
			w.grantIn(access.Requested, false)
		}
		assert.Equal(t, newestFirst, seen)
	})
}

func TestGrantsAreFiltered(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		w.entitle(w.grace, w.helpDesk)
		adas := w.request(w.ada, w.contoso, w.helpDesk)
		w.clock.Advance(time.Second)
		graces := w.bringTo(w.request(w.grace, w.contoso, w.helpDesk).ID, access.Active)
		w.clock.Advance(time.Second)
		elsewhere := w.request(w.grace, w.fabrikam, w.helpDesk)

		for what, test := range map[string]struct {
			filter store.GrantFilter
			want   []access.GrantID
		}{
			"all":      {store.GrantFilter{}, []access.GrantID{elsewhere.ID, graces.ID, adas.ID}},
			"person":   {store.GrantFilter{PersonID: w.grace.ID}, []access.GrantID{elsewhere.ID, graces.ID}},
			"customer": {store.GrantFilter{CustomerID: w.contoso.ID}, []access.GrantID{graces.ID, adas.ID}},
			"states":   {store.GrantFilter{States: []access.State{access.Active, access.Ending}}, []access.GrantID{graces.ID}},
			"nothing":  {store.GrantFilter{PersonID: w.admin.ID}, []access.GrantID{}},
		} {
			page, next, err := w.Grants(t.Context(), test.filter)
			require.NoError(t, err, what)
			assert.Empty(t, next, what)
			assert.Equal(t, test.want, ids(page), what)
		}
		for _, hostile := range []string{"x", "!", "MQ", "MSBncmFudA", "OTk5OTk5OTk5OTk5OTk5OTk5OSA"} {
			_, _, err := w.Grants(t.Context(), store.GrantFilter{Before: hostile})
			assert.ErrorIs(t, err, access.ErrInvalid, hostile)
		}
	})
}

func TestStrays(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		requested := w.grantIn(access.Requested, false)
		waiting := w.grantIn(access.AwaitingApproval, true)
		provisioning := w.grantIn(access.Provisioning, false)
		active := w.grantIn(access.Active, false)
		ending := w.grantIn(access.Ending, false)
		w.grantIn(access.Ended, false)

		const grace = time.Minute
		strays := func(after time.Duration) []access.GrantID {
			found, next, err := w.Strays(t.Context(), noon.Add(after), grace, store.StrayCursor{}, 100)
			require.NoError(t, err)
			assert.Zero(t, next, "there are no more")
			return ids(found)
		}
		assert.Empty(t, strays(grace))
		assert.ElementsMatch(t, []access.GrantID{requested.ID, provisioning.ID, ending.ID}, strays(grace+time.Second))
		// An hour is the lifetime, half an hour the waiting before it.
		assert.NotContains(t, strays(time.Hour+grace), active.ID)
		assert.Contains(t, strays(time.Hour+grace+time.Second), active.ID)
		assert.NotContains(t, strays(90*time.Minute+grace), waiting.ID)
		assert.Contains(t, strays(90*time.Minute+grace+time.Second), waiting.ID)

		found, next, err := w.Strays(t.Context(), noon.Add(24*time.Hour), grace, store.StrayCursor{}, 2)
		require.NoError(t, err)
		assert.ElementsMatch(t, []access.GrantID{active.ID, ending.ID}, ids(found), "the longest overdue first")
		turns := ids(found)
		for next != (store.StrayCursor{}) {
			found, next, err = w.Strays(t.Context(), noon.Add(24*time.Hour), grace, next, 2)
			require.NoError(t, err)
			turns = append(turns, ids(found)...)
		}
		assert.ElementsMatch(t, []access.GrantID{requested.ID, waiting.ID, provisioning.ID, active.ID, ending.ID}, turns, "each has its turn, once")

		// What was touched is left alone for grace.
		w.clock.Advance(time.Hour)
		require.NoError(t, w.AccountProvisioned(t.Context(), provisioning.ID, store.Provisioned{ObjectID: object, UPN: "ada@contoso.example"}))
		assert.NotContains(t, strays(time.Hour+grace), provisioning.ID)

		// One that cannot be read does not hide the others.
		w.disarmGrants()
		w.unchecked("grants", "grants_lifetime", "UPDATE grants SET lifetime_seconds = 0 WHERE id = '"+requested.ID.String()+"'")
		found, _, err = w.Strays(t.Context(), noon.Add(24*time.Hour), grace, store.StrayCursor{}, 100)
		assert.ErrorIs(t, err, store.ErrUnreadable)
		assert.Len(t, found, 4)
		page, _, err := w.Grants(t.Context(), store.GrantFilter{})
		require.NoError(t, err)
		assert.Len(t, page, 5, "the ended one too")
		census, err := w.Census(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, census.Unreadable)
	})
}
