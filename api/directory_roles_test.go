package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

var (
	helpdeskRole = access.MustID[access.RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")
	newRole      = access.MustID[access.RoleID]("0b000000-0000-4000-8000-00000000000a")
	ownRole      = access.MustID[access.RoleID]("0b000000-0000-4000-8000-00000000000b")
)

// reads is what a worker does.
func (h *house) reads(c store.Customer, roles ...store.TenantRole) {
	h.t.Helper()
	_, err := h.store.ClaimCatalogues(h.t.Context(), 10, h.clock.now().Add(time.Hour))
	require.NoError(h.t, err)
	of := store.DueCatalogue{CustomerID: c.ID, TenantID: c.TenantID}
	require.NoError(h.t, h.store.KeepCatalogue(h.t.Context(), of, roles, h.clock.now().Add(24*time.Hour)))
}

func rolesPath(c store.Customer) string {
	return "/api/v1/customers/" + c.ID.String() + "/directory-roles"
}

// Roles that tenants have are listed beside those that are known by name, with the customers that lack one.
func TestDirectoryRolesOfAllTenants(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	all := into[KnownRoles](admin.get("/api/v1/directory-roles"), http.StatusOK)
	assert.Zero(t, all.Tenants)
	assert.Len(t, all.Roles, len(access.DirectoryRoles))
	for _, r := range all.Roles {
		assert.Zero(t, r.Lacking, "nobody knows yet what tenants have")
	}

	fabrikam := h.addCustomer("Fabrikam")
	builtIn := store.TenantRole{ID: helpdeskRole, Name: "Helpdesk Administrator", BuiltIn: true, Enabled: true}
	h.reads(h.customer, builtIn, store.TenantRole{ID: newRole, Name: "Zebra Administrator", BuiltIn: true, Enabled: true},
		store.TenantRole{ID: ownRole, Name: "Contoso's own", Enabled: true})
	h.reads(fabrikam, builtIn)
	all = into[KnownRoles](admin.get("/api/v1/directory-roles"), http.StatusOK)
	assert.Equal(t, 2, all.Tenants)
	assert.True(t, slices.IsSortedFunc(all.Roles, func(a, b KnownRole) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}))
	role := func(id access.RoleID) KnownRole {
		i := slices.IndexFunc(all.Roles, func(r KnownRole) bool { return r.Id == id })
		require.GreaterOrEqual(t, i, 0)
		return all.Roles[i]
	}
	assert.Equal(t, KnownRole{Id: helpdeskRole, Name: "Helpdesk Administrator", Privileged: true}, role(helpdeskRole))
	assert.Equal(t, KnownRole{
		Id: newRole, Name: "Zebra Administrator", Privileged: true, Lacking: 1, LackingAt: []Named{{Id: fabrikam.ID.String(), Name: "Fabrikam"}},
	}, role(newRole), "what is not known here is not harmless")
	assert.Equal(t, 2, role(access.MustID[access.RoleID]("29232cdf-9323-42fd-ade2-1d097af3e4de")).Lacking)
	assert.False(t, slices.ContainsFunc(all.Roles, func(r KnownRole) bool { return r.Id == ownRole }), "no profile for several customers can name it")
}

// A profile whose role does not exist in a tenant is visible there.
func TestDirectoryRolesOfATenant(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	before := into[TenantRoles](admin.get(rolesPath(h.customer)), http.StatusOK)
	assert.Equal(t, TenantRoles{Customer: Named{Id: h.customer.ID.String(), Name: "Contoso"}, Roles: []TenantRole{}, Lacking: []LackingProfile{}}, before)

	retired := h.addProfile("Retired", access.Profile{})
	require.NoError(t, h.store.RetireProfile(t.Context(), retired.ID, store.Actor{}))
	h.reads(h.customer, store.TenantRole{ID: ownRole, Name: "Contoso's own", Enabled: true}, store.TenantRole{ID: helpdeskRole, Name: "Helpdesk Administrator", BuiltIn: true})
	after := into[TenantRoles](admin.get(rolesPath(h.customer)), http.StatusOK)
	assert.Equal(t, h.clock.now().UTC(), after.ReadAt)
	assert.Equal(t, []TenantRole{
		{Id: ownRole, Name: "Contoso's own", Privileged: true, Enabled: true},
		{Id: helpdeskRole, Name: "Helpdesk Administrator", Privileged: true, BuiltIn: true},
	}, after.Roles)
	assert.Equal(t, []LackingProfile{{
		Profile: Named{Id: h.profile.ID.String(), Name: "Help desk"},
		Roles:   []DirectoryRole{{Id: helpdeskRole, Name: "Helpdesk Administrator", Privileged: true}},
	}}, after.Lacking, "switched off is as good as missing; a retired profile is nobody's concern")

	due := func() int {
		claimed, err := h.store.ClaimCatalogues(t.Context(), 10, h.clock.now().Add(time.Hour))
		require.NoError(t, err)
		return len(claimed)
	}
	require.Zero(t, due())
	require.Equal(t, http.StatusAccepted, admin.post(rolesPath(h.customer)+"/refresh", nil).status)
	assert.Equal(t, 1, due())
	unconnected := store.Customer{ID: newOf[access.CustomerID](h), Name: name(t, "Northwind"), Connection: access.Unconnected}
	require.NoError(t, h.store.AddCustomer(t.Context(), unconnected, store.Actor{}))
	admin.post(rolesPath(unconnected)+"/refresh", nil).problem(customerUnavailable)
}
