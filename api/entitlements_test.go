package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func (h *house) addTeam(called string, members ...access.PersonID) access.TeamID {
	id := newOf[access.TeamID](h)
	require.NoError(h.t, h.store.AddTeam(h.t.Context(), id, name(h.t, called), members, store.Actor{}))
	return id
}

func TestWhoMayReachWhatAndWhy(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	ada := h.addPerson("ada", access.Technician)
	team := h.addTeam("First level", ada.ID)
	made := into[Entitlement](admin.post("/api/v1/entitlements", map[string]any{
		"team_id": team, "profile_id": h.profile.ID, "ends_at": h.clock.now().Add(time.Hour),
	}), http.StatusCreated)
	assert.Equal(t, "First level", made.Team.Name)
	assert.Empty(t, made.Person)
	assert.Empty(t, made.Customer, "all customers")
	path := "/api/v1/entitlements/" + made.Id.String()
	assert.Equal(t, made, into[Entitlement](admin.get(path), http.StatusOK))
	assert.NotContains(t, admin.get(path).body, `"customer"`)

	want := []AccessReason{{Person: Named{Id: ada.ID.String(), Name: "ada"}, Entitlement: made}}
	for _, question := range []string{"/api/v1/people/" + ada.ID.String() + "/access", "/api/v1/customers/" + h.customer.ID.String() + "/access"} {
		assert.Equal(t, want, into[Reasons](admin.get(question), http.StatusOK).Reasons, question)
	}
	page := into[EntitlementPage](admin.get("/api/v1/entitlements?team_id="+team.String()), http.StatusOK)
	assert.Equal(t, []Entitlement{made}, page.Entitlements)
	assert.Empty(t, into[EntitlementPage](admin.get("/api/v1/entitlements?after="+made.Id.String()), http.StatusOK).Entitlements)

	require.Equal(t, http.StatusNoContent, admin.delete(path).status)
	admin.delete(path).problem(notFound)
	assert.Equal(t, 1, h.audited(audit.EntitlementRemoved))
}

func TestEntitlementsThatCannotBe(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	ada, missing := h.addPerson("ada", access.Technician).ID, "00000000-0000-4000-8000-000000000000"
	retired := h.addProfile("Retired", access.Profile{})
	require.NoError(t, h.store.RetireProfile(t.Context(), retired.ID, store.Actor{}))
	for what, body := range map[string]map[string]any{
		"for nobody":       {"profile_id": h.profile.ID},
		"for two":          {"profile_id": h.profile.ID, "person_id": ada, "team_id": missing},
		"unknown person":   {"profile_id": h.profile.ID, "person_id": missing},
		"unknown team":     {"profile_id": h.profile.ID, "team_id": missing},
		"unknown profile":  {"profile_id": missing, "person_id": ada},
		"unknown customer": {"profile_id": h.profile.ID, "person_id": ada, "customer_id": missing},
		"over already":     {"profile_id": h.profile.ID, "person_id": ada, "ends_at": h.clock.now()},
	} {
		assert.NotEmpty(t, admin.post("/api/v1/entitlements", body).problem(invalidRequest).Errors, what)
	}
	admin.post("/api/v1/entitlements", map[string]any{"profile_id": retired.ID, "person_id": ada}).problem(profileRetired)
	assert.Zero(t, h.audited(audit.EntitlementAdded))
}

// endsWith waits until the engine was asked to revoke with this comment.
func (h *house) endsWith(comment string) {
	h.t.Helper()
	eventually(h.t, func() bool { return slices.Contains(h.engine.calls(), "revoke "+comment) }, comment)
}

func TestTakingAnEntitlementAwayEndsItsLiveGrants(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.signedIn("ada", access.Technician)
	only := h.entitle(ada.person.ID, h.profile.ID, h.customer.ID)
	other := h.entitle(ada.person.ID, h.profile.ID, h.addCustomer("Fabrikam").ID)
	covered := h.technician("grace").request("k").grant()
	g := ada.request("k").grant()

	require.Equal(t, http.StatusNoContent, admin.delete("/api/v1/entitlements/"+other.String()).status)
	require.Equal(t, http.StatusNoContent, admin.delete("/api/v1/entitlements/"+only.String()).status)
	h.endsWith("entitlement removed")
	found, err := h.store.Uncovered(t.Context(), h.clock.now(), 10)
	require.NoError(t, err)
	assert.Equal(t, []store.Uncovered{{GrantID: g.Id, Why: "entitlement removed"}}, found, "and not %s", covered.Id)
	ada.request("again").problem(notEntitled)
}
