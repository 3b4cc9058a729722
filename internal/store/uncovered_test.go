package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func TestWhatTakesAwayLeavesAGrantUncovered(t *testing.T) {
	tests := map[string]struct {
		take string // past the store
		why  string
	}{
		"nothing":             {"SELECT 1", ""},
		"another entitlement": {"DELETE FROM entitlements WHERE ends_at IS NULL", ""},
		"every entitlement":   {"DELETE FROM entitlements", "entitlement removed"},
		"another customer":    {"UPDATE entitlements SET customer_id = (SELECT id FROM customers WHERE name = 'Fabrikam'), ends_at = NULL", "entitlement removed"},
		"another profile":     {"UPDATE entitlements SET profile_id = (SELECT id FROM profiles WHERE name = 'Guarded')", "entitlement removed"},
		"both end":            {"UPDATE entitlements SET ends_at = '2026-11-02 12:00:00.123456Z'", "entitlement ended"},
		"own goes, team left": {"DELETE FROM entitlements WHERE person_id IS NOT NULL; DELETE FROM team_members", "entitlement removed"},
		"team left":           {"DELETE FROM team_members", ""},
		"suspended":           {"UPDATE people SET suspended = (SELECT id = id FROM audit_head) WHERE handle = 'ada'", "person suspended"},
		"no technician":       {`UPDATE people SET roles = '["auditor"]' WHERE handle = 'ada'`, "technician role removed"},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				later := noon.Add(time.Hour)
				w.entitlement(store.Entitlement{TeamID: w.team(w.ada.ID), CustomerID: w.contoso.ID, EndsAt: &later})
				w.entitlement(store.Entitlement{PersonID: w.ada.ID})
				live := w.request(w.ada, w.contoso, w.helpDesk)
				for _, take := range strings.Split(test.take, ";") {
					w.exec(take)
				}
				found, err := w.Uncovered(t.Context(), noon, 10)
				require.NoError(t, err)
				if test.why == "" {
					assert.Empty(t, found)
					return
				}
				assert.Equal(t, []store.Uncovered{{GrantID: live.ID, Why: test.why}}, found)
				w.bringTo(live.ID, access.Ending)
				found, err = w.Uncovered(t.Context(), noon, 10)
				require.NoError(t, err)
				assert.Empty(t, found, "it is ending already")
			})
		})
	}
}
