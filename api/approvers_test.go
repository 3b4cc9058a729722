package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}

func called(all []Named) (names []string) {
	for _, n := range all {
		names = append(names, n.Name)
	}
	return names
}

func TestOnlyTheCustomersApproversDecide(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	grace, alan := h.signedIn("grace", access.Approver), h.signedIn("alan", access.Approver)
	guarded := h.addProfile("Guarded", access.Profile{ApprovalRequired: true})
	h.entitle(ada.person.ID, guarded.ID, h.customer.ID)
	path := "/api/v1/customers/" + h.customer.ID.String() + "/approvers"
	assert.Equal(t, []string{"alan", "grace"}, called(into[Approvers](admin.get(path), http.StatusOK).Deciders))

	night := h.addTeam("Night shift", alan.person.ID, ada.person.ID)
	chosen := into[Approvers](admin.put(path, map[string]any{"people": []string{}, "teams": []string{night.String()}}), http.StatusOK)
	assert.Equal(t, []string{"Night shift"}, called(chosen.Teams))
	assert.Equal(t, []string{"alan"}, called(chosen.Deciders))
	assert.Equal(t, 1, h.audited(audit.CustomerApprovers))
	admin.put(path, map[string]any{"people": []string{night.String()}, "teams": []string{}}).problem(invalidRequest)
	admin.delete("/api/v1/teams/" + night.String()).problem(teamInUse)

	waiting := ada.post("/api/v1/grants", ada.wanted(map[string]any{"profile_id": guarded.ID}), "Idempotency-Key", "k").grant()
	require.NoError(t, h.store.AwaitApproval(t.Context(), waiting.Id))
	for who, b := range map[string]*browser{"the technician": ada, "an approver": grace} {
		page := into[GrantPage](b.get("/api/v1/grants?state=awaiting_approval"), http.StatusOK)
		require.Len(t, page.Grants, 1)
		assert.Equal(t, []string{"alan"}, called(page.Grants[0].Approvers), "%s sees whom to ask", who)
	}
	decide := "/api/v1/grants/" + waiting.Id.String()
	grace.post(decide+"/approve", map[string]any{}).problem(notApprover)
	grace.post(decide+"/deny", map[string]any{}).problem(notApprover)
	assert.Empty(t, h.engine.calls())
	alan.post(decide+"/approve", map[string]any{}).grant()
	assert.Equal(t, []string{"approve "}, h.engine.calls())
}
