package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// readByAWorker is what a worker would have read of the customer's tenant, after change has broken something.
func (h *house) readByAWorker(change func(*access.TenantFacts)) {
	h.t.Helper()
	facts := access.TenantFacts{
		App:     &access.AppFacts{Answer: access.AppAccepted},
		Domains: []access.TenantDomain{{Name: h.customer.AccountDomain, Managed: true}}, Permissions: &access.PermissionFacts{},
		Licence: access.LicenceP2, SecurityDefaults: new(false), PassTargeted: new(true), MissingRoles: []access.RoleID{}, PasswordReset: access.ResetAllowed,
		PassPolicy: &access.PassPolicyFacts{Enabled: true, MinMinutes: 10, MaxMinutes: 480},
	}
	change(&facts)
	tasks, err := h.store.ClaimPreflights(h.t.Context(), 10, time.Minute)
	require.NoError(h.t, err)
	require.Len(h.t, tasks, 1)
	require.NoError(h.t, h.store.FinishPreflight(h.t.Context(), tasks[0], facts, h.clock.now().Add(24*time.Hour), h.clock.now().Add(time.Hour)))
}

func (h *house) preflightPath() string {
	return "/api/v1/customers/" + h.customer.ID.String() + "/preflight"
}

func TestPreflight_OnDemand(t *testing.T) {
	h := newHouse(t)
	admin, technician := h.admin(), h.technician("ada")
	got := into[Preflight](admin.get(h.preflightPath()), http.StatusOK)
	assert.Equal(t, access.HealthUnknown, got.Health)
	assert.False(t, got.Checking)
	assert.Equal(t, []PreflightProfile{{Id: h.profile.ID, Name: "Help desk", Verdict: access.VerdictUnknown}}, got.Profiles)
	assert.Zero(t, got.CheckedAt)

	for range 2 {
		got = into[Preflight](admin.post(h.preflightPath(), nil), http.StatusAccepted)
		assert.True(t, got.Checking, "it is visible that a check is under way")
	}
	assert.Equal(t, 1, h.audited(audit.PreflightRequested))
	h.readByAWorker(func(f *access.TenantFacts) {
		f.PassPolicy.Enabled, f.SecurityDefaults = false, nil
	})
	got = into[Preflight](admin.get(h.preflightPath()), http.StatusOK)
	assert.False(t, got.Checking)
	assert.Equal(t, access.HealthWarning, got.Health)
	assert.Equal(t, access.VerdictBlocked, got.Profiles[0].Verdict)
	assert.Equal(t, []PreflightUnread{{Fact: "security_defaults", Sentence: "Whether security defaults are on could not be read."}}, got.Unread)
	assert.Equal(t, h.clock.now().UTC(), got.CheckedAt)
	assert.Equal(t, h.clock.now().Add(time.Hour).UTC(), got.NextAt)
	off := got.Findings[0]
	assert.Equal(t, "pass_policy_off", off.Code)
	assert.Equal(t, access.Blocking, off.Severity)
	assert.Equal(t, []Named{{Id: h.profile.ID.String(), Name: "Help desk"}}, off.Profiles)
	assert.NotEmpty(t, off.Sentence)
	assert.NotEmpty(t, off.Action)
	assert.True(t, strings.HasPrefix(off.Link, "https://entra.microsoft.com/"+h.customer.TenantID.String()), off.Link)
	assert.Equal(t, h.clock.now().UTC(), off.Since)
	assert.Equal(t, got, into[Preflight](h.signedIn("eve", access.Auditor).get(h.preflightPath()), http.StatusOK))
	technician.get(h.preflightPath()).problem(roleRequired)

	list := into[CustomerPage](admin.get("/api/v1/customers"), http.StatusOK)
	assert.Equal(t, PreflightSummary{Health: access.HealthWarning, Blocking: 1, Infos: len(got.Findings) - 1, CheckedAt: got.CheckedAt}, list.Customers[0].Preflight)

	h.customer = h.addCustomer("Fabrikam")
	require.Equal(t, http.StatusOK, admin.get(h.preflightPath()).status)
	made := into[Customer](admin.post("/api/v1/customers", map[string]any{"name": "Northwind"}), http.StatusCreated)
	admin.post("/api/v1/customers/"+made.Id.String()+"/preflight", nil).problem(customerUnavailable)
	assert.Zero(t, into[Preflight](admin.get("/api/v1/customers/"+made.Id.String()+"/preflight"), http.StatusOK).NextAt)
}

// A technician learns before the request what would make it fail, and nothing else of the tenant.
func TestPreflight_TechniciansLearnBeforeTheRequest(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	profile := func() ReachableProfile {
		return into[AccessList](ada.get("/api/v1/access"), http.StatusOK).Customers[0].Profiles[0]
	}
	assert.False(t, profile().Blocked)
	check := func(change func(*access.TenantFacts)) {
		require.Equal(t, http.StatusAccepted, admin.post(h.preflightPath(), nil).status)
		h.readByAWorker(change)
	}
	check(func(f *access.TenantFacts) {
		f.PassPolicy.MaxMinutes, f.Licence, f.Permissions.Extra = 30, access.LicenceFree, []string{"Mail.Read"}
	})
	assert.False(t, profile().Blocked)
	require.Len(t, profile().Findings, 1)
	assert.Equal(t, "pass_too_short", profile().Findings[0].Code, "not the licence, not the permissions")

	check(func(f *access.TenantFacts) { f.PassPolicy.Enabled = false })
	assert.True(t, profile().Blocked)
	assert.Equal(t, "pass_policy_off", profile().Findings[0].Code)
	require.Equal(t, http.StatusCreated, ada.request("one").status, "it may be over: the request is not refused")

	check(func(f *access.TenantFacts) { f.App.Answer = access.AppUnknown })
	assert.True(t, profile().Blocked)
	grace := h.technician("grace")
	refused := grace.request("two")
	refused.problem(customerBlocked)
	assert.Contains(t, refused.body, profile().Findings[0].Sentence, "the problem names what was found")
	assert.Contains(t, refused.body, `"customer_blocked"`)

	check(func(*access.TenantFacts) {})
	assert.False(t, profile().Blocked)
	assert.Equal(t, http.StatusCreated, grace.request("three").status)
}

func TestPreflight_OnlyAnAdminLetsTheAppTakeARole(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	change := func(allowed bool) answer {
		return admin.put(h.preflightPath(), map[string]any{"may_take_user_administrator": allowed})
	}
	h.clock.pass(2 * time.Minute)
	change(true).problem(assertionNeeded)
	require.Equal(t, http.StatusNoContent, admin.confirm("assertion").status)
	for range 2 {
		got := into[Preflight](change(true), http.StatusOK)
		assert.True(t, got.MayTakeUserAdministrator && got.Checking)
		assert.False(t, got.HasTakenUserAdministrator)
	}
	assert.Equal(t, 1, h.audited(audit.AppRoleAllowed))
	assert.False(t, into[Preflight](change(false), http.StatusOK).MayTakeUserAdministrator)
	assert.Equal(t, 1, h.audited(audit.AppRoleForbidden))
	admin.put(h.preflightPath(), map[string]any{}).problem(invalidRequest)
}
