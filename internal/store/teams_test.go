package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func TestTeamsChange(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		id, empty := w.team(w.grace.ID, w.ada.ID), w.team()
		ada, grace := store.Member{ID: w.ada.ID, Name: "Ada"}, store.Member{ID: w.grace.ID, Name: "Grace"}
		got, err := w.Team(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, store.Team{ID: id, Name: name(t, "Team"), Members: []store.Member{ada, grace}, Revision: 1}, got)

		w.entitlement(store.Entitlement{TeamID: id})
		live := w.request(w.ada, w.contoso, w.helpDesk)
		change := func() error {
			return w.ChangeTeam(t.Context(), id, 0, name(t, "Night shift"), []access.PersonID{w.grace.ID, w.admin.ID}, w.by())
		}
		require.NoError(t, change())
		last := w.lastRecord()
		assert.Equal(t, audit.TeamChanged, last.Action)
		assert.Contains(t, string(last.Details), `"joined":["`+w.admin.ID.String()+`"],"left":["`+w.ada.ID.String()+`"]`)
		found, err := w.Uncovered(t.Context(), noon, 10)
		require.NoError(t, err)
		assert.Equal(t, []store.Uncovered{{GrantID: live.ID, Why: "entitlement removed"}}, found, "who leaves the team")

		before := w.dump()
		require.NoError(t, change(), "it is so already")
		var missing access.PersonID
		mint(w, &missing)
		assert.ErrorIs(t, w.ChangeTeam(t.Context(), id, 0, name(t, "Other"), []access.PersonID{missing}, w.by()), access.ErrNotFound)
		assert.ErrorIs(t, w.RemoveTeam(t.Context(), id, w.by()), access.ErrInUse)
		assert.Equal(t, before, w.dump())

		require.NoError(t, w.RemoveTeam(t.Context(), empty, w.by()))
		assert.Equal(t, audit.TeamRemoved, w.lastRecord().Action)
		assert.ErrorIs(t, w.RemoveTeam(t.Context(), empty, w.by()), access.ErrNotFound)
		assert.ErrorIs(t, w.ChangeTeam(t.Context(), empty, 0, name(t, "Other"), nil, w.by()), access.ErrNotFound)
		_, err = w.Team(t.Context(), empty)
		assert.ErrorIs(t, err, access.ErrNotFound)
		all, err := w.Teams(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, "Night shift", all[0].Name.String())
		w.sound()
	})
}
