package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func TestCustomersAndProfiles(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		unconnected := store.Customer{Name: name(t, "adventure Works"), Connection: access.Unconnected, CreatedAt: noon, Revision: 1}
		mint(w, &unconnected.ID)
		require.NoError(t, w.AddCustomer(t.Context(), unconnected, w.by()))
		customers, err := w.Customers(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []store.Customer{unconnected, w.contoso, w.fabrikam}, customers)
		got, err := w.Customer(t.Context(), w.contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, w.contoso, got)
		profiles, err := w.Profiles(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []access.Profile{w.guarded, w.helpDesk}, profiles)

		// right-tenant: a tenant belongs to one customer, a connection has a tenant.
		twin := w.contoso
		mint(w, &twin.ID)
		assert.ErrorIs(t, w.AddCustomer(t.Context(), twin, w.by()), access.ErrInvalid)
		twin.TenantID = access.TenantID{}
		assert.ErrorIs(t, w.AddCustomer(t.Context(), twin, w.by()), access.ErrInvalid)
	})
}

func TestEntitlementIsForAPersonOrATeam(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		team := w.team(w.ada.ID)
		var unknown access.PersonID
		mint(w, &unknown)
		for what, test := range map[string]struct {
			e    store.Entitlement
			want error
		}{
			"neither": {store.Entitlement{ProfileID: w.helpDesk.ID}, access.ErrInvalid},
			"both":    {store.Entitlement{ProfileID: w.helpDesk.ID, PersonID: w.ada.ID, TeamID: team}, access.ErrInvalid},
			"unknown": {store.Entitlement{ProfileID: w.helpDesk.ID, PersonID: unknown}, access.ErrNotFound},
		} {
			mint(w, &test.e.ID)
			assert.ErrorIs(t, w.AddEntitlement(t.Context(), test.e, w.by()), test.want, what)
		}
	})
}

func TestAccess(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		reaches, err := w.Access(t.Context(), w.ada.ID, noon)
		require.NoError(t, err)
		assert.Empty(t, reaches)

		// Help desk at Fabrikam by her team, until one o'clock; Guarded everywhere by herself.
		one := noon.Add(time.Hour)
		w.entitlement(store.Entitlement{TeamID: w.team(w.ada.ID), CustomerID: w.fabrikam.ID, EndsAt: &one})
		w.entitlement(store.Entitlement{TeamID: w.team(w.grace.ID)})
		w.entitle(w.ada, w.guarded)
		live := w.request(w.ada, w.contoso, w.guarded)
		w.entitle(w.grace, w.guarded)
		w.request(w.grace, w.fabrikam, w.guarded)

		reaches, err = w.Access(t.Context(), w.ada.ID, noon)
		require.NoError(t, err)
		assert.Equal(t, []store.Reach{
			{Customer: w.contoso, Profiles: []access.Profile{w.guarded}, Live: &live, Last: &store.LastRequest{ProfileID: w.guarded.ID, At: live.RequestedAt}},
			{Customer: w.fabrikam, Profiles: []access.Profile{w.guarded, w.helpDesk}},
		}, reaches)
		reaches, err = w.Access(t.Context(), w.ada.ID, one)
		require.NoError(t, err)
		require.Len(t, reaches, 2)
		assert.Equal(t, []access.Profile{w.guarded}, reaches[1].Profiles)

		sooner := noon.Add(time.Minute)
		w.entitlement(store.Entitlement{PersonID: w.ada.ID, EndsAt: &sooner})
		w.entitlement(store.Entitlement{PersonID: w.grace.ID, EndsAt: &noon})
		for at, ends := range map[time.Time]time.Time{noon: sooner, sooner: one, one: {}} {
			next, err := w.AccessEnds(t.Context(), w.ada.ID, at)
			require.NoError(t, err)
			assert.WithinDuration(t, ends, next, 0)
		}

		require.NoError(t, w.AwaitApproval(t.Context(), live.ID))
		require.NoError(t, w.Withdraw(t.Context(), live.ID, store.Actor{}, access.Expired, ""))
		reaches, err = w.Access(t.Context(), w.ada.ID, noon)
		require.NoError(t, err)
		assert.Nil(t, reaches[0].Live)
		assert.Equal(t, live.RequestedAt, reaches[0].Last.At, "it is remembered")
	})
}

func TestAccessReachesNoFurtherThanTheEntitlements(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitlement(store.Entitlement{PersonID: w.ada.ID, CustomerID: w.fabrikam.ID})
		reaches, err := w.Access(t.Context(), w.ada.ID, noon)
		require.NoError(t, err)
		assert.Equal(t, []store.Reach{{Customer: w.fabrikam, Profiles: []access.Profile{w.helpDesk}}}, reaches)
	})
}

// A row that the domain does not allow is an error and never a default.
func TestUnreadableRowsAreErrors(t *testing.T) {
	tests := map[string]struct {
		constraint, table, column, illegal, legal string
		read                                      func(w *world) error
	}{
		"a person's role": {"people_roles_check", "people", "roles", `'["owner"]'`, `'[]'`,
			func(w *world) error { _, err := w.People(w.t.Context()); return err }},
		"a person's handle": {"people_handle_check", "people", "handle", `'-' || handle`, `substr(handle, 2)`,
			func(w *world) error { _, err := w.Person(w.t.Context(), w.ada.ID); return err }},
		"a connection": {"customers_connection_check", "customers", "connection", `'perhaps'`, `'connected'`,
			func(w *world) error { _, err := w.Customers(w.t.Context()); return err }},
		"a profile's credential": {"profiles_credential_check", "profiles", "credential", `'any'`, `'pass'`,
			func(w *world) error { _, err := w.Profiles(w.t.Context()); return err }},
		"a profile's role": {"profiles_roles_check", "profiles", "roles", `'[""]'`, `'["` + object.String() + `"]'`,
			func(w *world) error {
				_, _, err := w.RequestGrant(w.t.Context(), w.newGrant(w.ada, w.fabrikam, w.helpDesk))
				return err
			}},
		"a grant's state": {"grants_state_check", "grants", "state", `'paused'`, `'requested'`,
			func(w *world) error { _, err := w.Grant(w.t.Context(), w.onlyGrant()); return err }},
		"a grant's lifetime": {"grants_lifetime", "grants", "lifetime_seconds", `0`, `60`,
			func(w *world) error { _, err := w.Plan(w.t.Context(), w.onlyGrant()); return err }},
		"a marker": {"accounts_marker_check", "accounts", "marker", `'x' || marker`, `substr(marker, 2)`,
			func(w *world) error { _, err := w.Plan(w.t.Context(), w.onlyGrant()); return err }},
	}
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.request(w.ada, w.contoso, w.helpDesk)
		w.disarmGrants()
		for what, test := range tests {
			change := "UPDATE " + test.table + " SET " + test.column + " = "
			w.unchecked(test.table, test.constraint, change+test.illegal)
			err := test.read(w)
			require.ErrorIs(t, err, store.ErrUnreadable, what)
			assert.NotErrorIs(t, err, access.ErrInvalid, "%s: it is not the caller's mistake", what)
			w.exec(change + test.legal)
			if what != "a profile's role" { // that one would be granted now
				assert.NoError(t, test.read(w), what)
			}
		}
	})
}
