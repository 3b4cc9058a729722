package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func TestAnIntentIsCarriedOutOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		once := store.Intent{Key: "key", Fingerprint: [32]byte{1}}
		add := func(by store.Actor, intent store.Intent) (string, error) {
			c := store.Customer{Name: name(t, "Northwind"), Connection: access.Unconnected, CreatedAt: noon}
			mint(w, &c.ID)
			return c.ID.String(), w.AddCustomer(t.Context(), c, by, intent)
		}
		ids := make([]string, 3)
		errs := together(3, func(i int) (err error) { ids[i], err = add(w.by(), once); return err })
		var made string
		for i, err := range errs {
			if err == nil {
				made = ids[i]
			}
		}
		assert.Equal(t, 2, count(errs, func(err error) bool {
			before, repeated := errors.AsType[*store.Repeated](err)
			return repeated && before.ID == made
		}), "%v", errs)

		_, err := add(w.by(), store.Intent{Key: "key", Fingerprint: [32]byte{2}})
		assert.ErrorIs(t, err, access.ErrKeyReused)
		_, err = add(store.Actor{PersonID: w.ada.ID}, once)
		assert.NoError(t, err, "a key is a person's own")
		_, err = add(w.by(), store.Intent{})
		assert.NoError(t, err)
		_, err = add(w.by(), store.Intent{Key: "line\nbreak"})
		assert.ErrorIs(t, err, access.ErrInvalid)
		w.clock.Advance(31 * 24 * time.Hour)
		_, err = add(w.by(), once)
		assert.NoError(t, err, "a key is not remembered for ever")
		w.sound()
	})
}

func TestAnAdditionThatFailsLeavesItsKeyUnused(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		once := store.Intent{Key: "key", Fingerprint: [32]byte{1}}
		var team access.TeamID
		var missing access.PersonID
		mint(w, &team)
		mint(w, &missing)
		add := func(intent store.Intent, members ...access.PersonID) error {
			return w.AddTeam(t.Context(), team, name(t, "Night shift"), members, w.by(), intent)
		}
		assert.ErrorIs(t, add(once, missing), access.ErrNotFound)
		once.Fingerprint = [32]byte{2}
		require.NoError(t, add(once, w.ada.ID), "the corrected request may have the same key")
		_, repeated := errors.AsType[*store.Repeated](add(once, w.ada.ID))
		assert.True(t, repeated)
	})
}
