package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

var (
	helpdeskRole = access.MustID[access.RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")
	exchangeRole = access.MustID[access.RoleID]("29232cdf-9323-42fd-ade2-1d097af3e4de")
	contosoRole  = access.MustID[access.RoleID]("0b000000-0000-4000-8000-00000000000a")
)

// claim is who may read which catalogue now.
func (w *world) claim(limit int) []store.DueCatalogue {
	w.t.Helper()
	claimed, err := w.ClaimCatalogues(w.t.Context(), limit, w.clock.Now().Add(10*time.Minute))
	require.NoError(w.t, err)
	return claimed
}

func (w *world) keep(c store.Customer, roles ...store.TenantRole) {
	w.t.Helper()
	of := store.DueCatalogue{CustomerID: c.ID, TenantID: c.TenantID}
	require.NoError(w.t, w.KeepCatalogue(w.t.Context(), of, roles, w.clock.Now().Add(day)))
}

func (w *world) catalogue(c store.Customer) store.RoleCatalogue {
	w.t.Helper()
	found, err := w.RoleCatalogue(w.t.Context(), c.ID)
	require.NoError(w.t, err)
	return found
}

func builtIn(id access.RoleID, name string) store.TenantRole {
	return store.TenantRole{ID: id, Name: name, BuiltIn: true, Enabled: true}
}

func TestACatalogueIsReadByOneWorkerOnceADayAndOnDemand(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.unconnected("Adventure Works")
		claims := make([][]store.DueCatalogue, 5)
		for _, err := range together(len(claims), func(i int) (err error) {
			claims[i], err = w.ClaimCatalogues(t.Context(), 10, w.clock.Now().Add(10*time.Minute))
			return err
		}) {
			require.NoError(t, err)
		}
		var all []store.DueCatalogue
		for _, c := range claims {
			all = append(all, c...)
		}
		assert.ElementsMatch(t, []store.DueCatalogue{
			{CustomerID: w.contoso.ID, TenantID: w.contoso.TenantID}, {CustomerID: w.fabrikam.ID, TenantID: w.fabrikam.TenantID},
		}, all, "each once, and only those that are connected")
		assert.Empty(t, w.claim(10))
		w.clock.Advance(10 * time.Minute)
		assert.Len(t, w.claim(1), 1, "whoever claimed one has died")
		w.clock.Advance(10 * time.Minute)

		for _, c := range w.claim(10) {
			require.NoError(t, w.KeepCatalogue(t.Context(), c, nil, w.clock.Now().Add(day)))
		}
		w.clock.Advance(day - time.Second)
		assert.Empty(t, w.claim(10))
		require.NoError(t, w.ReadCatalogueAgain(t.Context(), w.contoso.ID))
		require.Len(t, w.claim(10), 1)
		w.clock.Advance(time.Second)
		assert.Len(t, w.claim(10), 1)
	})
}

func TestACatalogueIsReplacedAsAWhole(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		assert.Equal(t, store.RoleCatalogue{}, w.catalogue(w.contoso))
		w.claim(10)
		assert.Nil(t, w.catalogue(w.contoso).ReadAt, "nobody has read it yet")
		own := store.TenantRole{ID: contosoRole, Name: "backup operators\n\x1b[31m of Contoso", Enabled: true}
		w.keep(w.contoso, builtIn(helpdeskRole, "Helpdesk Administrator"), own, builtIn(exchangeRole, "Exchange Administrator"), own)
		c := w.catalogue(w.contoso)
		assert.Equal(t, w.clock.Now(), *c.ReadAt)
		own.Name = "backup operators  [31m of Contoso"
		assert.Equal(t, []store.TenantRole{own, builtIn(exchangeRole, "Exchange Administrator"), builtIn(helpdeskRole, "Helpdesk Administrator")}, c.Roles)
		assert.True(t, c.Has(exchangeRole))

		w.clock.Advance(day)
		w.claim(10)
		off := builtIn(exchangeRole, "Exchange Administrator")
		off.Enabled = false
		w.keep(w.contoso, off)
		c = w.catalogue(w.contoso)
		assert.Equal(t, []store.TenantRole{off}, c.Roles)
		assert.False(t, c.Has(exchangeRole), "it cannot be assigned")
		assert.False(t, c.Has(helpdeskRole))
		assert.Nil(t, w.catalogue(w.fabrikam).ReadAt)
	})
}

// What was read of one tenant never counts for another.
func TestRightTenant_ACatalogueBelongsToItsTenant(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.claim(10)
		w.keep(w.contoso, builtIn(helpdeskRole, "Helpdesk Administrator"))
		moved := w.tenantID()
		w.exec("UPDATE customers SET tenant_id = '" + moved.String() + "' WHERE id = '" + w.contoso.ID.String() + "'")
		_, catalogues, err := w.KnownRoles(t.Context())
		require.NoError(t, err)
		assert.Zero(t, catalogues)
		assert.Equal(t, []store.DueCatalogue{{CustomerID: w.contoso.ID, TenantID: moved}}, w.claim(10))
		assert.Equal(t, store.RoleCatalogue{Roles: []store.TenantRole{}}, w.catalogue(w.contoso))
		w.keep(w.contoso, builtIn(helpdeskRole, "Helpdesk Administrator"))
		assert.Nil(t, w.catalogue(w.contoso).ReadAt, "it was read of the former tenant")
	})
}

func TestRolesOverAllTenants(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		third := w.customer("Adventure Works")
		w.claim(10)
		w.keep(w.contoso, builtIn(helpdeskRole, "Helpdesk Administrator"), builtIn(exchangeRole, "Exchange Administrator"),
			store.TenantRole{ID: contosoRole, Name: "Contoso's own", Enabled: true})
		off := builtIn(exchangeRole, "Exchange Administrator")
		off.Enabled = false
		w.keep(w.fabrikam, builtIn(helpdeskRole, "Helpdesk Administrator"), off)

		known := func() map[access.RoleID]int {
			roles, catalogues, err := w.KnownRoles(t.Context())
			require.NoError(t, err)
			counts := map[access.RoleID]int{{}: catalogues}
			for _, r := range roles {
				assert.NotEmpty(t, r.Name)
				counts[r.ID] = r.Customers
			}
			return counts
		}
		without := func(role access.RoleID, limit int) (names []string) {
			customers, err := w.CustomersWithout(t.Context(), []access.RoleID{helpdeskRole, role}, limit)
			require.NoError(t, err)
			for _, c := range customers[role] {
				names = append(names, c.Name)
			}
			return names
		}
		assert.Equal(t, map[access.RoleID]int{{}: 2, helpdeskRole: 2, exchangeRole: 1}, known(), "not read yet: neither has it nor lacks it")
		assert.Equal(t, []string{"Fabrikam"}, without(exchangeRole, 10))
		w.keep(third)
		assert.Equal(t, []string{"Adventure Works", "Fabrikam"}, without(exchangeRole, 10))
		assert.Equal(t, []string{"Adventure Works"}, without(exchangeRole, 1))
		w.exec("UPDATE customers SET connection = 'unconnected' WHERE id = '" + w.fabrikam.ID.String() + "'")
		assert.Equal(t, map[access.RoleID]int{{}: 2, helpdeskRole: 1, exchangeRole: 1}, known())
		assert.Equal(t, []string{"Adventure Works"}, without(exchangeRole, 10))
	})
}
