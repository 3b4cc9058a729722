package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

var profileRules = map[string]any{
	"name": "First level", "roles": []string{"729827e3-9c14-49f7-bb1b-9608f156bbb8"}, "credential": "pass",
	"default_lifetime_seconds": 60, "maximum_lifetime_seconds": 120,
	"reason_required": true, "ticket_required": false, "approval_required": false,
}

func TestEveryTemplateBecomesAProfile(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	offered := into[struct{ Templates []ProfileRules }](admin.get("/api/v1/profile-templates"), http.StatusOK)
	var names []string
	for _, rules := range offered.Templates {
		names = append(names, rules.Name)
		made := into[Profile](admin.post("/api/v1/profiles", rules), http.StatusCreated)
		assert.Equal(t, rules, made.Rules)
		assert.Equal(t, rules.Name != "Exchange", made.Privileged, rules.Name)
		assert.Equal(t, made, into[Profile](admin.get("/api/v1/profiles/"+made.Id.String()), http.StatusOK))
	}
	assert.Equal(t, []string{"Help desk", "User administration", "Exchange", "Intune", "Security reader", "Global Administrator"}, names)
	all := into[struct{ Profiles []Profile }](admin.get("/api/v1/profiles"), http.StatusOK)
	assert.Len(t, all.Profiles, 7)
}

func TestAProfileIsChangedAndRetired(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	path := "/api/v1/profiles/" + h.profile.ID.String()
	changed := into[Profile](admin.put(path, profileRules), http.StatusOK)
	assert.Equal(t, "First level", changed.Rules.Name)
	assert.Equal(t, "Helpdesk Administrator", changed.Roles[0].Name)

	retired := into[Profile](admin.post(path+"/retire", nil), http.StatusOK)
	assert.True(t, retired.Retired)
	admin.put(path, profileRules).problem(profileRetired)
	into[Profile](admin.post(path+"/retire", nil), http.StatusOK)
	ada.post("/api/v1/grants", ada.wanted(map[string]any{"lifetime_seconds": 60}), "Idempotency-Key", "k").problem(profileUnusable)
	assert.Equal(t, 1, h.audited(audit.ProfileChanged))
	assert.Equal(t, 1, h.audited(audit.ProfileRetired))
}

func TestRulesThatAProfileCannotHave(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	const role = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	for field, value := range map[string]any{
		"name": " ", "roles": []string{role, strings.ToUpper(role)}, "credential": "any", "default_lifetime_seconds": 121, "maximum_lifetime_seconds": 0, "reason_required": "yes",
	} {
		body, err := json.Marshal(profileRules)
		require.NoError(t, err)
		rules := map[string]any{}
		require.NoError(t, json.Unmarshal(body, &rules))
		rules[field] = value
		problem := admin.post("/api/v1/profiles", rules).problem(invalidRequest)
		require.NotEmpty(t, problem.Errors, field)
		assert.Equal(t, field, problem.Errors[0].Field)
	}
	all, err := h.store.Profiles(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []access.Profile{h.profile}, all)
}
