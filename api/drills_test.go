package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func (a answer) drills() (l DrillList) {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.body)
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &l))
	return l
}

// disarm takes the running drill to its end: off after some time, for the reason that it was stuck until then.
func (h *house) disarm(id access.DrillID, after time.Duration, reason string) {
	h.t.Helper()
	ctx := h.t.Context()
	steps := []access.DrillStep{{Phase: access.SwitchingOff, Name: "remove roles", At: h.clock.now(), Took: 12}}
	_, err := h.store.DrillEnding(ctx, id, "")
	require.NoError(h.t, err)
	if reason != "" {
		require.NoError(h.t, h.store.DrillStuck(ctx, id, access.SwitchingOff, steps, reason))
	}
	h.clock.pass(after)
	require.NoError(h.t, h.store.DrillOff(ctx, id, access.Proof{ReadAt: h.clock.now(), ObjectID: newOf[access.ObjectID](h)}, steps))
	require.NoError(h.t, h.store.EndDrill(ctx, id, access.AccountDeleted, nil))
}

func TestACustomerIsDrilled(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	admin.post(h.customerPath("/drills"), nil).problem(nothingToDrill)
	h.technician("owner")
	got := admin.post(h.customerPath("/drills"), nil)
	require.Equal(t, http.StatusAccepted, got.status, got.body)
	var begun Drill
	require.NoError(t, json.Unmarshal([]byte(got.body), &begun))
	assert.Equal(t, DrillArming, begun.State)
	assert.Equal(t, "Help desk", begun.Profile.Name)
	assert.Equal(t, []Named{{Id: "729827e3-9c14-49f7-bb1b-9608f156bbb8", Name: "Helpdesk Administrator"}}, begun.Roles)
	eventually(t, func() bool { return len(h.engine.calls()) == 1 && h.engine.calls()[0] == "drill" }, "its workflow is started")
	again := admin.post(h.customerPath("/drills"), nil)
	assert.Equal(t, got.body, again.body, "a repeat while one runs is the same drill")

	h.disarm(begun.Id, 3*time.Second, "")
	list := admin.get(h.customerPath("/drills")).drills()
	require.Len(t, list.Drills, 1)
	assert.Equal(t, DrillPassed, list.Drills[0].State)
	assert.Empty(t, list.Drills[0].Finding)
	assert.InDelta(t, 3, list.Drills[0].OffSeconds, 0.01)
	assert.Equal(t, "remove roles", list.Drills[0].Steps[0].Name)
	assert.Equal(t, int64(12), list.Drills[0].Steps[0].TookMs)
	assert.Equal(t, access.DrillNever, list.Schedule.Every)

	for _, path := range []string{h.customerPath(""), "/api/v1/customers"} {
		assert.Contains(t, admin.get(path).body, `"last_drill":{"at":`, path)
		assert.Contains(t, admin.get(path).body, `"passed":true`, path)
	}
}

// Nobody makes one administrator after the other in a customer's tenant.
func TestDrillsAreNotBegunAllTheTime(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	h.technician("owner")
	for range access.DrillsAtMost {
		require.Equal(t, http.StatusAccepted, admin.post(h.customerPath("/drills"), nil).status)
		running, err := h.store.RunningDrills(t.Context(), 1)
		require.NoError(t, err)
		h.disarm(running[0].ID, time.Second, "")
	}
	admin.post(h.customerPath("/drills"), nil).problem(drilledLately)
}

// A failing drill is seen: while it cannot switch its canary off, and afterwards on the customer.
func TestADrillThatFailsSaysWhy(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	h.technician("owner")
	require.Equal(t, http.StatusAccepted, admin.post(h.customerPath("/drills"), nil).status)
	running, err := h.store.RunningDrills(t.Context(), 1)
	require.NoError(t, err)
	_, err = h.store.DrillEnding(t.Context(), running[0].ID, "")
	require.NoError(t, err)
	require.NoError(t, h.store.DrillStuck(t.Context(), running[0].ID, access.SwitchingOff, nil, "disable the account: forbidden"))
	stuck := admin.get(h.customerPath("/drills")).drills().Drills[0]
	assert.Equal(t, DrillSwitchingOff, stuck.State)
	assert.Equal(t, "The canary could not be switched off, because: disable the account: forbidden. It is tried again until it is off.", stuck.Finding)

	h.disarm(running[0].ID, access.DrillPatience+time.Second, "disable the account: forbidden")
	failed := admin.get(h.customerPath("/drills")).drills().Drills[0]
	assert.Equal(t, DrillFailed, failed.State)
	assert.Contains(t, failed.Finding, "could not be switched off within 5 minutes, because: disable the account: forbidden")
	assert.Contains(t, admin.get(h.customerPath("")).body, `"passed":false`)
}

func TestDrillsAreScheduled(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	put := func(every string) answer {
		body, err := json.Marshal(map[string]string{"every": every})
		require.NoError(t, err)
		return admin.send(http.MethodPut, h.customerPath("/drill-schedule"), "application/json", body)
	}
	put("hourly").problem(invalidRequest)
	weekly := put("weekly")
	require.Equal(t, http.StatusOK, weekly.status, weekly.body)
	assert.Contains(t, weekly.body, `"due_at"`)
	assert.Equal(t, access.DrillWeekly, admin.get(h.customerPath("/drills")).drills().Schedule.Every)
	assert.NotContains(t, put("never").body, "due_at")
}

func TestACustomerWithoutATenantIsNotDrilled(t *testing.T) {
	o := newOffice(t)
	o.admin.post("/api/v1/customers/"+o.customer.ID.String()+"/drills", nil).problem(customerUnavailable)
	h := o.house
	_, err := h.store.BeginDeparture(t.Context(), store.NewDeparture{ID: newOf[access.DepartureID](h), CustomerID: h.customer.ID}, store.Actor{PersonID: o.admin.person.ID})
	require.NoError(t, err)
	o.admin.post(h.customerPath("/drills"), nil).problem(customerUnavailable)
}
