package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestAChangeSaysWhatItWasMadeTo(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	customer := "/api/v1/customers/" + h.customer.ID.String()
	rules := map[string]any{}
	for field, value := range profileRules {
		rules[field] = value
	}
	for path, body := range map[string]map[string]any{
		customer: acceptable["changeCustomer"],
		"/api/v1/people/" + h.addPerson("ada").ID.String():                        {"roles": []string{"technician"}},
		"/api/v1/teams/" + h.addTeam("Night shift").String():                      {"members": []string{}},
		"/api/v1/profiles/" + h.addProfile("Spare", access.Profile{}).ID.String(): rules,
	} {
		change := func(called string) map[string]any { body["name"] = called; return body }
		admin.send(http.MethodPut, path, "application/json", mustJSON(t, change("First"))).problem(revisionRequired)
		admin.send(http.MethodPut, path, "application/json", mustJSON(t, change("First")), "If-Match", "*").problem(invalidRequest)
		first := into[struct{ Revision int64 }](admin.putAt(path, 1, change("First")), http.StatusOK)
		assert.EqualValues(t, 2, first.Revision, path)
		admin.putAt(path, 1, change("Second")).problem(changedMeanwhile)
		admin.putAt(path, 99, change("Second")).problem(changedMeanwhile)
		admin.putAt(path, 0, change("Second")).problem(changedMeanwhile)
		assert.Equal(t, first, into[struct{ Revision int64 }](admin.putAt(path, 1, change("First")), http.StatusOK), "a repeat is no other change")
		assert.Contains(t, admin.get(path).body, `"First"`)
		into[struct{ Revision int64 }](admin.putAt(path, 2, change("Second")), http.StatusOK)
	}
	nobody := map[string]any{"people": []string{}, "teams": []string{}}
	admin.send(http.MethodPut, customer+"/approvers", "application/json", mustJSON(t, nobody)).problem(revisionRequired)
	nobody["people"] = []string{admin.person.ID.String()}
	admin.putAt(customer+"/approvers", 1, nobody).problem(changedMeanwhile)
	require.Equal(t, http.StatusOK, admin.put(customer+"/approvers", nobody).status)
}
