package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

func TestAChangedProfileChangesNoLiveGrant(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		live := w.request(w.ada, w.contoso, w.helpDesk)

		changed := w.helpDesk
		changed.Name, changed.Limits, changed.ReasonRequired = name(t, "First level"), limitsOf(t, time.Minute, time.Hour), true
		mint(w, &changed.Roles[0])
		require.NoError(t, w.ChangeProfile(t.Context(), changed, w.by()))
		assert.Equal(t, audit.ProfileChanged, w.lastRecord().Action)
		read, err := w.Profile(t.Context(), changed.ID)
		require.NoError(t, err)
		changed.Revision++
		assert.Equal(t, changed, read)
		before := w.dump()
		require.NoError(t, w.ChangeProfile(t.Context(), changed, w.by()), "it is so already")
		assert.Equal(t, before, w.dump())

		again, err := w.Grant(t.Context(), live.ID)
		require.NoError(t, err)
		assert.Equal(t, live.Terms, again.Terms)
	})
}

func TestARetiredProfileAdmitsNoNewGrant(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		live := w.request(w.ada, w.contoso, w.helpDesk)
		require.NoError(t, w.RetireProfile(t.Context(), w.helpDesk.ID, w.by()))
		assert.Equal(t, audit.ProfileRetired, w.lastRecord().Action)
		before := w.dump()
		require.NoError(t, w.RetireProfile(t.Context(), w.helpDesk.ID, w.by()), "it is retired already")
		assert.ErrorIs(t, w.ChangeProfile(t.Context(), w.helpDesk, w.by()), access.ErrIllegalTransition)
		var missing access.Profile
		mint(w, &missing.ID)
		assert.ErrorIs(t, w.ChangeProfile(t.Context(), missing, w.by()), access.ErrNotFound)
		assert.ErrorIs(t, w.RetireProfile(t.Context(), missing.ID, w.by()), access.ErrNotFound)
		assert.Equal(t, before, w.dump())

		_, _, err := w.RequestGrant(t.Context(), w.newGrant(w.ada, w.fabrikam, w.helpDesk))
		var refused access.Refused
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, access.RefusedProfileUnusable, refused[0].Code)
		reaches, err := w.Access(t.Context(), w.ada.ID, noon)
		require.NoError(t, err)
		assert.Empty(t, reaches)
		again, err := w.Grant(t.Context(), live.ID)
		require.NoError(t, err)
		assert.Equal(t, live, again)
	})
}
