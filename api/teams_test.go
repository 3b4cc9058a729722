package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

func TestWhoLeavesATeamLosesItsGrants(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.signedIn("ada", access.Technician)
	team := into[Team](admin.post("/api/v1/teams", map[string]any{"name": "First level", "members": []access.PersonID{ada.person.ID}}), http.StatusCreated)
	assert.Equal(t, []Named{{Id: ada.person.ID.String(), Name: "ada"}}, team.Members)
	path := "/api/v1/teams/" + team.Id.String()
	made := into[Entitlement](admin.post("/api/v1/entitlements", map[string]any{"team_id": team.Id, "profile_id": h.profile.ID}), http.StatusCreated)
	ada.request("k").grant()

	renamed := into[Team](admin.put(path, map[string]any{"name": "Second level", "members": []access.PersonID{ada.person.ID}}), http.StatusOK)
	assert.Equal(t, "Second level", renamed.Name)
	assert.Equal(t, renamed, into[Team](admin.get(path), http.StatusOK))
	into[Team](admin.put(path, map[string]any{"name": "Second level", "members": []string{}}), http.StatusOK)
	h.endsWith("entitlement removed")
	assert.Equal(t, 2, h.audited(audit.TeamChanged))

	admin.delete(path).problem(teamInUse)
	require.Equal(t, http.StatusNoContent, admin.delete("/api/v1/entitlements/"+made.Id.String()).status)
	require.Equal(t, http.StatusNoContent, admin.delete(path).status)
	assert.Empty(t, into[struct{ Teams []Team }](admin.get("/api/v1/teams"), http.StatusOK).Teams)
}

func TestATeamOfNobodyKnown(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	body := map[string]any{"name": "Team", "members": []string{"00000000-0000-4000-8000-000000000000"}}
	assert.Equal(t, "members", admin.post("/api/v1/teams", body).problem(invalidRequest).Errors[0].Field)
	path := "/api/v1/teams/" + h.addTeam("Team").String()
	assert.Equal(t, "members", admin.put(path, body).problem(invalidRequest).Errors[0].Field)
	admin.put(path, map[string]any{"name": " ", "members": []string{}}).problem(invalidRequest)
}
