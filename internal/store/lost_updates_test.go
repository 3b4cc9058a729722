package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// Of changes that were made from the same reading one is taken, and whoever made the others is told.
func TestNoChangeOverwritesOneThatItsMakerHasNotSeen(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ctx, team := t.Context(), w.team()
		for what, change := range map[string]func(called access.Name, revision int64) error{
			"customer": func(called access.Name, revision int64) error {
				to := w.contoso.Settings()
				to.Name = called
				_, err := w.ChangeCustomer(ctx, w.contoso.ID, revision, to, w.by())
				return err
			},
			"person": func(called access.Name, revision int64) error {
				return w.ChangePerson(ctx, w.ada.ID, revision, store.PersonSettings{Name: called, Roles: w.ada.Roles}, w.by())
			},
			"team": func(called access.Name, revision int64) error {
				return w.ChangeTeam(ctx, team, revision, called, nil, w.by())
			},
			"profile": func(called access.Name, revision int64) error {
				p := w.helpDesk
				p.Name, p.Revision = called, revision
				return w.ChangeProfile(ctx, p, w.by())
			},
			"approvers": func(called access.Name, revision int64) error {
				// The customer's revision, of a customer of their own.
				who := map[string]access.PersonID{"0": w.admin.ID, "1": w.ada.ID}[called.String()]
				if who.IsZero() {
					who = w.grace.ID
				}
				return w.ChangeApprovers(ctx, w.fabrikam.ID, revision, access.Approvers{People: []access.PersonID{who}}, w.by())
			},
		} {
			errs := together(3, func(i int) error { return change(name(t, fmt.Sprint(i)), 1) })
			assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }), "%s: %v", what, errs)
			assert.Equal(t, 2, count(errs, func(err error) bool { return errors.Is(err, access.ErrChanged) }), "%s: %v", what, errs)
			for i, err := range errs {
				if err == nil {
					assert.NoError(t, change(name(t, fmt.Sprint(i)), 1), "%s: a repeat is no other change", what)
				} else {
					assert.NoError(t, change(name(t, fmt.Sprint(i)), 2), "%s: read again", what)
					break
				}
			}
		}
		w.sound()
	})
}

func TestEveryReadingTellsTheRevision(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		require.NoError(t, w.SuspendPerson(t.Context(), w.ada.ID, w.by()))
		ada, err := w.Person(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.EqualValues(t, 2, ada.Revision)
		require.NoError(t, w.RetireProfile(t.Context(), w.helpDesk.ID, w.by()))
		helpDesk, err := w.Profile(t.Context(), w.helpDesk.ID)
		require.NoError(t, err)
		assert.EqualValues(t, 2, helpDesk.Revision)
	})
}

func TestAHandleIsNeverGivenTwice(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		handle := func(s string) access.Handle {
			h, err := access.NewHandle(s)
			require.NoError(t, err)
			return h
		}
		call := func(p store.Person, h string) error {
			return w.ChangePerson(t.Context(), p.ID, 0, store.PersonSettings{Name: p.Name, Handle: handle(h), Roles: p.Roles}, w.by())
		}
		assert.ErrorIs(t, call(w.ada, "grace"), access.ErrHandleTaken)
		require.NoError(t, call(w.ada, "ada.l"))
		assert.Contains(t, string(w.lastRecord().Details), `"handle":"ada.l"`)
		assert.ErrorIs(t, call(w.grace, "ada"), access.ErrHandleTaken, "accounts are called by it")
		newcomer := store.Person{Name: name(t, "Ada"), Handle: handle("ada"), CreatedAt: noon}
		mint(w, &newcomer.ID)
		assert.ErrorIs(t, w.AddPerson(t.Context(), newcomer, w.by()), access.ErrHandleTaken)
		assert.NoError(t, call(w.ada, "ada"), "it is hers")
		kept, err := w.Person(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Equal(t, "ada", kept.Handle.String())
		for _, change := range []string{"DELETE FROM handles", "UPDATE handles SET handle = 'x'"} {
			_, err := w.raw.Exec(change)
			assert.True(t, w.refusedByTrigger(err), "%s: %v", change, err)
		}
		w.sound()
	})
}
