package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// why is what a list of reasons says, in words.
func why(reasons []store.Reason) (said []string) {
	for _, r := range reasons {
		said = append(said, strings.Join([]string{r.PersonName, r.CustomerName, r.ProfileName, r.TeamName}, "/"))
	}
	return said
}

func TestWhoMayReachWhatAndWhy(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		one := noon.Add(time.Hour)
		team := w.team(w.ada.ID, w.grace.ID)
		w.entitlement(store.Entitlement{TeamID: team, CustomerID: w.fabrikam.ID, EndsAt: &one})
		w.entitlement(store.Entitlement{PersonID: w.ada.ID, CustomerID: w.contoso.ID})
		w.entitle(w.ada, w.guarded)
		w.entitle(w.admin, w.guarded) // no technician: may ask for nothing

		what := func(p store.Person, at time.Time) []string {
			reasons, err := w.PersonReasons(t.Context(), p.ID, at)
			require.NoError(t, err)
			return why(reasons)
		}
		who := func(c store.Customer, at time.Time) []string {
			reasons, err := w.CustomerReasons(t.Context(), c.ID, at)
			require.NoError(t, err)
			return why(reasons)
		}
		assert.Equal(t, []string{"Ada//Guarded/", "Ada/Contoso/Help desk/", "Ada/Fabrikam/Help desk/Team"}, what(w.ada, noon))
		assert.Equal(t, []string{"Ada//Guarded/", "Ada/Contoso/Help desk/"}, what(w.ada, one), "the end date has passed")
		assert.Equal(t, []string{"Grace/Fabrikam/Help desk/Team"}, what(w.grace, noon))
		assert.Empty(t, what(w.admin, noon))
		assert.Equal(t, []string{"Ada//Guarded/", "Ada/Fabrikam/Help desk/Team", "Grace/Fabrikam/Help desk/Team"}, who(w.fabrikam, noon))
		assert.Equal(t, []string{"Ada//Guarded/", "Ada/Contoso/Help desk/"}, who(w.contoso, noon))

		require.NoError(t, w.RetireProfile(t.Context(), w.guarded.ID, w.by()))
		assert.Equal(t, []string{"Ada/Contoso/Help desk/", "Ada/Fabrikam/Help desk/Team"}, what(w.ada, noon))
		w.exec("UPDATE people SET suspended = " + w.truth() + " WHERE handle = 'ada'")
		assert.Equal(t, []string{"Grace/Fabrikam/Help desk/Team"}, who(w.fabrikam, noon))
		assert.Empty(t, what(w.ada, noon))
	})
}

func TestEntitlementsAreListedAndRemoved(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		team := w.team(w.ada.ID)
		w.entitlement(store.Entitlement{TeamID: team, CustomerID: w.fabrikam.ID})
		w.entitlement(store.Entitlement{PersonID: w.ada.ID, CustomerID: w.contoso.ID})
		w.entitle(w.ada, w.guarded)

		all, more, err := w.Entitlements(t.Context(), store.EntitlementFilter{Limit: 2})
		require.NoError(t, err)
		assert.True(t, more)
		rest, more, err := w.Entitlements(t.Context(), store.EntitlementFilter{Limit: 2, After: all[1].ID})
		require.NoError(t, err)
		assert.False(t, more)
		all = append(all, rest...)
		require.Len(t, all, 3)
		for what, test := range map[string]struct {
			filter store.EntitlementFilter
			want   int
		}{
			"person":   {store.EntitlementFilter{PersonID: w.ada.ID}, 2},
			"team":     {store.EntitlementFilter{TeamID: team}, 1},
			"profile":  {store.EntitlementFilter{ProfileID: w.helpDesk.ID}, 2},
			"customer": {store.EntitlementFilter{CustomerID: w.fabrikam.ID}, 1},
			"both":     {store.EntitlementFilter{CustomerID: w.fabrikam.ID, PersonID: w.ada.ID}, 0},
		} {
			page, _, err := w.Entitlements(t.Context(), test.filter)
			require.NoError(t, err)
			assert.Len(t, page, test.want, what)
		}

		got, err := w.Entitlement(t.Context(), all[0].ID)
		require.NoError(t, err)
		assert.Equal(t, all[0], got)
		require.NoError(t, w.RemoveEntitlement(t.Context(), got.ID, w.by()))
		assert.Equal(t, audit.EntitlementRemoved, w.lastRecord().Action)
		before := w.dump()
		assert.ErrorIs(t, w.RemoveEntitlement(t.Context(), got.ID, w.by()), access.ErrNotFound)
		_, err = w.Entitlement(t.Context(), got.ID)
		assert.ErrorIs(t, err, access.ErrNotFound)
		assert.Equal(t, before, w.dump())
	})
}
