package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func (w *world) approvers(at access.CustomerID, people []access.PersonID, teams ...access.TeamID) {
	w.t.Helper()
	require.NoError(w.t, w.ChangeApprovers(w.t.Context(), at, 0, access.Approvers{People: people, Teams: teams}, w.by()))
}

// whoDecides are the names that a waiting grant tells.
func (w *world) whoDecides(id access.GrantID) (names []string) {
	w.t.Helper()
	g, err := w.Grant(w.t.Context(), id)
	require.NoError(w.t, err)
	page, _, err := w.Grants(w.t.Context(), store.GrantFilter{States: []access.State{access.AwaitingApproval}})
	require.NoError(w.t, err)
	require.Len(w.t, page, 1)
	assert.Equal(w.t, g, page[0])
	for _, m := range g.Approvers {
		names = append(names, m.Name)
	}
	return names
}

func TestOnlyTheApproversOfTheCustomerDecide(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.person("Alan", "alan", access.Approver)
		hopper := w.person("Hopper", "hopper", access.Technician)
		night := w.team(w.grace.ID, hopper.ID)
		waiting := w.grantIn(access.AwaitingApproval, true)
		assert.Equal(t, []string{"Admin", "Alan", "Grace"}, w.whoDecides(waiting.ID), "nobody is named: everybody with the role")

		w.approvers(waiting.CustomerID, []access.PersonID{hopper.ID}, night)
		assert.Equal(t, audit.CustomerApprovers, w.lastRecord().Action)
		assert.Equal(t, []string{"Grace"}, w.whoDecides(waiting.ID), "naming does not give the role")
		for _, by := range []access.PersonID{w.admin.ID, hopper.ID} {
			_, err := w.Decide(t.Context(), waiting.ID, store.Decision{By: by, Approved: true})
			assert.ErrorIs(t, err, access.ErrNotApprover)
		}
		_, err := w.Decide(t.Context(), waiting.ID, store.Decision{By: w.ada.ID, Approved: true})
		assert.ErrorIs(t, err, access.ErrOwnRequest)

		require.NoError(t, w.ChangeTeam(t.Context(), night, 0, name(t, "Night"), []access.PersonID{hopper.ID}, w.by()))
		_, err = w.Decide(t.Context(), waiting.ID, store.Decision{By: w.grace.ID, Approved: true})
		assert.ErrorIs(t, err, access.ErrNotApprover, "who left the team decides no more")
		assert.Empty(t, w.whoDecides(waiting.ID))
		w.approvers(waiting.CustomerID, []access.PersonID{w.grace.ID})
		require.NoError(t, w.SuspendPerson(t.Context(), w.grace.ID, w.by()))
		_, err = w.Decide(t.Context(), waiting.ID, store.Decision{By: w.grace.ID, Approved: true})
		assert.ErrorIs(t, err, access.ErrNotApprover, "nor who is suspended")
		require.NoError(t, w.ResumePerson(t.Context(), w.grace.ID, w.by()))
		_, err = w.Decide(t.Context(), waiting.ID, store.Decision{By: w.grace.ID, Approved: true})
		require.NoError(t, err)
		w.approvers(waiting.CustomerID, []access.PersonID{w.admin.ID})
		_, err = w.Decide(t.Context(), waiting.ID, store.Decision{By: w.grace.ID, Approved: true})
		assert.NoError(t, err, "what was decided is repeated, not asked again")
	})
}

func TestTheApproversOfACustomerAreChanged(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		night := w.team(w.grace.ID)
		w.approvers(w.contoso.ID, []access.PersonID{w.grace.ID, w.ada.ID}, night)
		got, err := w.Approvers(t.Context(), w.contoso.ID)
		require.NoError(t, err)
		ada, grace := store.Member{ID: w.ada.ID, Name: "Ada"}, store.Member{ID: w.grace.ID, Name: "Grace"}
		assert.Equal(t, store.Approvers{
			Revision: 2, People: []store.Member{ada, grace}, Deciders: []store.Member{grace},
			Teams: []store.Team{{ID: night, Name: name(t, "Team"), Members: []store.Member{grace}, Revision: 1}},
		}, got)

		before := w.dump()
		w.approvers(w.contoso.ID, []access.PersonID{w.ada.ID, w.grace.ID}, night)
		assert.Equal(t, before, w.dump(), "it is so already")
		assert.ErrorIs(t, w.RemoveTeam(t.Context(), night, w.by()), access.ErrInUse, "everybody would decide")
		var missing access.PersonID
		mint(w, &missing)
		assert.ErrorIs(t, w.ChangeApprovers(t.Context(), w.contoso.ID, 0, access.Approvers{People: []access.PersonID{missing}}, w.by()), access.ErrNotFound)
		assert.ErrorIs(t, w.ChangeApprovers(t.Context(), access.CustomerID{}, 0, access.Approvers{}, w.by()), access.ErrNotFound)

		w.approvers(w.contoso.ID, nil)
		require.NoError(t, w.RemoveTeam(t.Context(), night, w.by()))
		got, err = w.Approvers(t.Context(), w.contoso.ID)
		require.NoError(t, err)
		assert.Empty(t, got.People)
		assert.Equal(t, []store.Member{{ID: w.admin.ID, Name: "Admin"}, grace}, got.Deciders)
		w.sound()
	})
}
