package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func TestCensusCountsWhatIsNotOff(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		census := func() store.Census {
			t.Helper()
			c, err := w.Census(t.Context())
			require.NoError(t, err)
			return c
		}
		assert.Equal(t, store.Census{Live: map[access.State]int{
			access.Requested: 0, access.AwaitingApproval: 0, access.Provisioning: 0, access.Active: 0, access.Ending: 0,
		}}, census(), "an empty house names every live state")

		for _, p := range []store.Person{w.ada, w.grace} {
			w.entitle(p, w.helpDesk)
			w.entitle(p, w.guarded)
		}
		w.bringTo(w.request(w.grace, w.contoso, w.guarded).ID, access.AwaitingApproval)
		w.bringTo(w.request(w.grace, w.fabrikam, w.helpDesk).ID, access.Ended)
		active := w.bringTo(w.request(w.ada, w.contoso, w.helpDesk).ID, access.Active)
		c := census()
		assert.Equal(t, 1, c.Live[access.Active])
		assert.Equal(t, 1, c.Live[access.AwaitingApproval])
		assert.Zero(t, c.NotOff)
		assert.Zero(t, c.NotOffSince)

		w.clock.Advance(active.Deadline.Sub(w.clock.Now()) + time.Second)
		c = census()
		assert.Equal(t, 1, c.NotOff, "nobody has begun to end it")
		assert.Equal(t, active.Deadline, c.NotOffSince)

		w.clock.Advance(-time.Minute)
		returned := w.bringTo(w.request(w.ada, w.fabrikam, w.helpDesk).ID, access.Ending)
		c = census()
		assert.Equal(t, 1, c.NotOff, "it was returned before its deadline")
		assert.Equal(t, *returned.EndingAt, c.NotOffSince)

		w.clock.Advance(2 * time.Minute)
		require.NoError(t, walk[access.Ending](w, active.ID))
		c = census()
		assert.Equal(t, 2, c.NotOff)
		assert.Equal(t, *returned.EndingAt, c.NotOffSince, "the oldest counts")
		require.NoError(t, walk[access.Ended](w, returned.ID))
		assert.Equal(t, active.Deadline, census().NotOffSince, "late from its deadline on, not from when the end began")
		require.NoError(t, walk[access.Ended](w, active.ID))
		assert.Zero(t, census().NotOff)
	})
}

func TestTheDatabaseHasAClock(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		now, err := w.Now(t.Context())
		require.NoError(t, err)
		want := w.clock.Now() // SQLite has none of its own
		if w.kind == "postgres" {
			want = time.Now()
		}
		assert.WithinDuration(t, want, now, time.Minute)
	})
}
