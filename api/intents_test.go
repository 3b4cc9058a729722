package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestARepeatedAdditionAnswersWithWhatTheFirstOneMade(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	for path, body := range map[string]map[string]any{
		"/api/v1/customers":    {"name": "Northwind"},
		"/api/v1/teams":        {"name": "Night shift", "members": []string{}},
		"/api/v1/profiles":     profileRules,
		"/api/v1/entitlements": {"person_id": admin.person.ID, "profile_id": h.profile.ID},
	} {
		first := admin.post(path, body, "Idempotency-Key", path)
		again := admin.post(path, body, "Idempotency-Key", path)
		require.Equal(t, []int{http.StatusCreated, http.StatusOK}, []int{first.status, again.status}, "%s: %s", path, again.body)
		assert.Equal(t, first.body, again.body, path)
		other := admin.post(path, body, "Idempotency-Key", path+"2")
		require.Equal(t, http.StatusCreated, other.status)
		assert.NotEqual(t, first.body, other.body, path)
		assert.NotEqual(t, first.body, admin.post(path, body).body, "without a key each is another")
	}
	admin.post("/api/v1/customers", map[string]any{"name": "Fabrikam"}, "Idempotency-Key", "/api/v1/customers").problem(keyReused)
	admin.post("/api/v1/teams", map[string]any{"name": "Northwind", "members": []string{}}, "Idempotency-Key", "/api/v1/customers").problem(keyReused)
}

func TestARepeatedInvitationAddsNobodyAndItsLinkWorks(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.anonymous()
	body := map[string]any{"name": "Ada Lovelace", "roles": []string{"technician"}}
	first := into[Invited](admin.post("/api/v1/people", body, "Idempotency-Key", "k"), http.StatusCreated)
	again := into[Invited](admin.post("/api/v1/people", body, "Idempotency-Key", "k"), http.StatusOK)
	assert.Equal(t, first.Person, again.Person)
	ada.enrol(tokenIn(first.Link)).problem(enrolmentLink)
	require.Equal(t, http.StatusNoContent, ada.enrol(tokenIn(again.Link)).status)
	people, err := h.store.People(t.Context())
	require.NoError(t, err)
	assert.Len(t, people, 2)
	admin.put("/api/v1/people/"+first.Person.Id.String(), map[string]any{"name": "Ada King", "roles": []access.MSPRole{}})
	assert.Equal(t, "Ada King", into[Invited](admin.post("/api/v1/people", body, "Idempotency-Key", "k"), http.StatusOK).Person.Name, "as it is now")
}
