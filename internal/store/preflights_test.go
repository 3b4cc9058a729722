package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

const (
	lease = 5 * time.Minute
	soon  = 15 * time.Minute
)

// allRead are facts of a tenant in which nothing stands against anything.
func allRead(w *world) access.TenantFacts {
	return access.TenantFacts{
		App:         &access.AppFacts{Answer: access.AppAccepted},
		Permissions: &access.PermissionFacts{},
		Domains:     []access.TenantDomain{{Name: w.contoso.AccountDomain, Managed: true}},
		Licence:     access.LicenceP2, SecurityDefaults: new(false), PassTargeted: new(true), MissingRoles: []access.RoleID{},
		PassPolicy: &access.PassPolicyFacts{Enabled: true, MinMinutes: 10, MaxMinutes: 480}, PasswordReset: access.ResetAllowed,
	}
}

// claimed requires that exactly one check is due, and takes it on.
func (w *world) claimed() store.PreflightTask {
	w.t.Helper()
	tasks, err := w.ClaimPreflights(w.t.Context(), 10, lease)
	require.NoError(w.t, err)
	require.Len(w.t, tasks, 1)
	return tasks[0]
}

func (w *world) nothingDue() {
	w.t.Helper()
	tasks, err := w.ClaimPreflights(w.t.Context(), 10, lease)
	require.NoError(w.t, err)
	require.Empty(w.t, tasks)
}

func (w *world) requestPreflight(c store.Customer) {
	w.t.Helper()
	require.NoError(w.t, w.RequestPreflight(w.t.Context(), c.ID, w.by()))
}

// checked is a check of Contoso that read this, from its request to its end.
func (w *world) checked(facts access.TenantFacts) store.Preflight {
	w.t.Helper()
	w.requestPreflight(w.contoso)
	require.NoError(w.t, w.FinishPreflight(w.t.Context(), w.claimed(), facts, w.clock.Now().Add(24*time.Hour), w.clock.Now().Add(soon)))
	return w.preflight()
}

func (w *world) preflight() store.Preflight {
	w.t.Helper()
	p, err := w.Preflight(w.t.Context(), w.contoso.ID)
	require.NoError(w.t, err)
	return p
}

// recordsOf lists the records of some actions about a customer: the action, and what the details say.
func (w *world) recordsOf(c store.Customer, actions ...audit.Action) (all []string) {
	w.t.Helper()
	records, err := w.AuditRecords(w.t.Context(), 0, 10_000)
	require.NoError(w.t, err)
	for _, r := range records {
		if r.CustomerID == c.ID && slices.Contains(actions, r.Action) {
			all = append(all, string(r.Action)+" "+string(r.Details))
		}
	}
	return all
}

func TestPreflight_DueDailyOnRequestAndAfterConnecting(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.nothingDue()
		assert.False(t, w.preflight().Checking)
		assert.Equal(t, access.HealthUnknown, w.preflight().Health)
		w.clock.Advance(24 * time.Hour)
		tasks, err := w.ClaimPreflights(t.Context(), 10, lease)
		require.NoError(t, err)
		require.Len(t, tasks, 2, "Contoso and Fabrikam, a day after they were added")
		for _, task := range tasks {
			assert.False(t, task.Requested)
			assert.Subset(t, task.Roles, slices.Concat(w.helpDesk.Roles, w.guarded.Roles))
			require.NoError(t, w.FinishPreflight(t.Context(), task, allRead(w), w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)))
		}
		w.nothingDue()

		w.requestPreflight(w.contoso)
		w.requestPreflight(w.contoso)
		assert.Len(t, w.recordsOf(w.contoso, audit.PreflightRequested), 1, "asked for twice before it began")
		assert.True(t, w.preflight().Checking)
		task := w.claimed()
		assert.True(t, task.Requested)
		assert.Equal(t, w.contoso.ID, task.Customer.ID)
		w.nothingDue()
		assert.True(t, w.preflight().Checking)
		w.requestPreflight(w.contoso)
		w.nothingDue()
		require.NoError(t, w.FinishPreflight(t.Context(), task, allRead(w), w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)))
		second := w.claimed()
		require.NoError(t, w.FinishPreflight(t.Context(), second, allRead(w), w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)), "the request came during the first check, which may have read before it")
		assert.False(t, w.preflight().Checking)

		w.clock.Advance(time.Hour)
		w.requestPreflight(w.fabrikam)
		tasks, err = w.ClaimPreflights(t.Context(), 1, lease)
		require.NoError(t, err)
		require.Len(t, tasks, 1)
		assert.Equal(t, w.fabrikam.ID, tasks[0].Customer.ID, "what somebody asked for goes first")

		n := w.begin(w.unconnected("Adventure Works").ID, w.tenantID())
		_, err = w.TakeConsent(t.Context(), w.callback(n))
		require.NoError(t, err)
		_, err = w.Preflight(t.Context(), n.CustomerID)
		require.NoError(t, err)
		require.ErrorIs(t, w.RequestPreflight(t.Context(), n.CustomerID, w.by()), access.ErrIllegalTransition, "not connected yet")
		require.NoError(t, w.Connect(t.Context(), n.ID, w.verified(n)))
		tasks, err = w.ClaimPreflights(t.Context(), 1, lease)
		require.NoError(t, err)
		require.Len(t, tasks, 1)
		assert.Equal(t, n.CustomerID, tasks[0].Customer.ID)
		assert.Equal(t, []string{"User.Read.All"}, tasks[0].AtConnect)

		var missing access.CustomerID
		mint(w, &missing)
		assert.ErrorIs(t, w.RequestPreflight(t.Context(), missing, w.by()), access.ErrNotFound)
		_, err = w.Preflight(t.Context(), missing)
		assert.ErrorIs(t, err, access.ErrNotFound)
		w.sound()
	})
}

// Several workers never check one tenant at the same time, and one that dies only delays the check.
func TestPreflight_OneWorkerAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.requestPreflight(w.contoso)
		w.requestPreflight(w.fabrikam)
		claims := make([][]store.PreflightTask, 8)
		errs := together(len(claims), func(i int) (err error) {
			claims[i], err = w.ClaimPreflights(t.Context(), 1, lease)
			return err
		})
		require.Equal(t, make([]error, len(claims)), errs)
		taken := slices.Concat(claims...)
		// Those who looked while others held the rows may have found nothing; then the rows are free again.
		for range 2 - len(taken) {
			more, err := w.ClaimPreflights(t.Context(), 1, lease)
			require.NoError(t, err)
			taken = append(taken, more...)
		}
		require.Len(t, taken, 2)
		assert.NotEqual(t, taken[0].Customer.ID, taken[1].Customer.ID)

		w.clock.Advance(lease - time.Second)
		w.nothingDue()
		w.clock.Advance(time.Second)
		again, err := w.ClaimPreflights(t.Context(), 10, lease)
		require.NoError(t, err)
		require.Len(t, again, 2, "both died")
		dead := taken[slices.IndexFunc(taken, func(task store.PreflightTask) bool { return task.Customer.ID == again[0].Customer.ID })]
		for what, err := range map[string]error{
			"finish": w.FinishPreflight(t.Context(), dead, allRead(w), noon, noon),
			"probe":  w.NoteProbe(t.Context(), dead, store.Probe{Marker: w.marker()}),
			"role":   w.NoteAppRole(t.Context(), dead, true),
		} {
			assert.ErrorIs(t, err, access.ErrIllegalTransition, "it was not dead, only slow: %s", what)
		}
		require.NoError(t, w.FinishPreflight(t.Context(), again[0], allRead(w), w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)))

		w.exec("UPDATE customers SET connection = 'disconnecting'")
		w.clock.Advance(48 * time.Hour)
		w.nothingDue()
	})
}

func TestPreflight_WhatAppearedAndWhatIsMendedIsRecordedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		facts := allRead(w)
		assert.Equal(t, access.HealthOK, withoutInfos(w.checked(facts)).Health)
		transitions := func() []string { return w.recordsOf(w.contoso, audit.FindingAppeared, audit.FindingMended) }
		before := len(transitions())

		facts.PassPolicy = &access.PassPolicyFacts{MinMinutes: 10, MaxMinutes: 480}
		facts.App = &access.AppFacts{Answer: access.AppUnknown}
		appeared := w.clock.Now()
		got := w.checked(facts)
		require.Len(t, transitions(), before+2)
		assert.Equal(t, access.HealthBlocked, got.Health)
		w.clock.Advance(time.Hour)
		got = w.checked(facts)
		assert.Len(t, transitions(), before+2, "the same again")
		for _, f := range got.Findings[:2] {
			assert.Equal(t, appeared, *f.Since, f.Code)
		}

		assert.Equal(t, w.clock.Now().Add(soon), *got.NextAt, "no grant works there")

		// A check that reads nothing takes nothing back.
		got = w.checked(access.TenantFacts{})
		assert.Len(t, transitions(), before+2)
		assert.Equal(t, access.HealthBlocked, got.Health)
		assert.Len(t, got.Unread, 9)
		assert.Equal(t, w.clock.Now().Add(soon), *got.NextAt)

		got = w.checked(allRead(w))
		assert.Empty(t, got.Unread)
		assert.Equal(t, w.clock.Now().Add(24*time.Hour), *got.NextAt)
		after := transitions()
		require.Len(t, after, before+4)
		for _, mended := range after[before+2:] {
			assert.True(t, strings.HasPrefix(mended, string(audit.FindingMended)), mended)
		}
		assert.Contains(t, strings.Join(after, "\n"), w.helpDesk.ID.String(), "which profiles it is about")
		w.checked(allRead(w))
		assert.Equal(t, after, transitions())
		w.sound()
	})
}

// withoutInfos leaves out what is good to know.
func withoutInfos(p store.Preflight) store.Preflight {
	p.Findings = slices.DeleteFunc(p.Findings, func(f store.PreflightFinding) bool { return f.Severity == access.Info })
	return p
}

// What stands against a customer is judged as settings and profiles are now, not as they were at the check.
func TestPreflight_SettingsAndProfilesMatterAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		facts := allRead(w)
		facts.PassPolicy.Enabled = false
		w.checked(facts)
		summary := func() store.PreflightSummary {
			all, err := w.PreflightSummaries(t.Context(), []store.Customer{w.contoso, w.fabrikam})
			require.NoError(t, err)
			assert.Equal(t, store.PreflightSummary{Health: access.HealthUnknown}, all[w.fabrikam.ID], "nobody looked yet")
			return all[w.contoso.ID]
		}
		assert.Equal(t, access.HealthOK, summary().Health, "nobody may use a profile there")
		assert.Equal(t, 1, summary().Infos)
		w.entitle(w.ada, w.helpDesk)
		assert.Equal(t, access.HealthWarning, summary().Health)
		assert.Equal(t, 1, summary().Blocking)
		assert.Nil(t, withoutInfos(w.preflight()).Findings[0].Since, "no check has come to it")
		assert.Equal(t, []store.ProfileVerdict{{Profile: w.helpDesk, Verdict: access.VerdictBlocked}}, w.preflight().Profiles)

		reach, err := w.Access(t.Context(), w.ada.ID, w.clock.Now())
		require.NoError(t, err)
		require.Len(t, reach, 2)
		require.NotEmpty(t, reach[0].Findings)
		assert.Equal(t, access.FoundPassPolicyOff, reach[0].Findings[0].Code)
		assert.Equal(t, []access.ProfileID{w.helpDesk.ID}, reach[0].Findings[0].Profiles)
		assert.Empty(t, reach[1].Findings)

		changed := w.helpDesk
		changed.Credential = access.PasswordOnly
		require.NoError(t, w.ChangeProfile(t.Context(), changed, w.by()))
		assert.Zero(t, summary().Blocking)

		to := w.contoso.Settings()
		to.AccountDomain = "elsewhere.example"
		w.contoso, err = w.ChangeCustomer(t.Context(), w.contoso.ID, 0, to, w.by())
		require.NoError(t, err)
		assert.Equal(t, access.HealthBlocked, summary().Health, "no such domain")
		assert.Equal(t, w.contoso.ID, w.claimed().Customer.ID, "and password resets are tried in the new one")
	})
}

func TestPreflight_ABlockedCustomerRefusesRequests(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		facts := allRead(w)
		facts.PassPolicy.Enabled = false
		facts.App.Answer = access.AppUnknown
		w.checked(facts)
		_, _, err := w.RequestGrant(t.Context(), w.newGrant(w.ada, w.contoso, w.helpDesk))
		var refused access.Refused
		require.ErrorAs(t, err, &refused)
		require.Len(t, refused, 1)
		assert.Equal(t, access.RefusedCustomerBlocked, refused[0].Code)
		assert.Contains(t, refused[0].Advice, "does not know the app")
		w.request(w.ada, w.fabrikam, w.helpDesk)

		facts.App.Answer = access.AppAccepted
		w.checked(facts)
		w.request(w.ada, w.contoso, w.helpDesk) // what stands against one profile alone is shown, and tried
	})
}

func TestPreflight_TheAppsRoleIsTakenOnlyWhereAnAdminAllowedIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.requestPreflight(w.contoso)
		task := w.claimed()
		assert.ErrorIs(t, w.NoteAppRole(t.Context(), task, true), access.ErrIllegalTransition)
		require.NoError(t, w.FinishPreflight(t.Context(), task, allRead(w), w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)))

		for range 2 {
			require.NoError(t, w.AllowAppRole(t.Context(), w.contoso.ID, true, w.by()))
		}
		task = w.claimed()
		assert.True(t, task.MayTakeRole)
		for range 2 {
			require.NoError(t, w.NoteAppRole(t.Context(), task, true))
		}
		require.NoError(t, w.FinishPreflight(t.Context(), task, allRead(w), w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)))
		assert.True(t, w.preflight().HasRole && w.preflight().MayTakeRole)

		require.NoError(t, w.AllowAppRole(t.Context(), w.contoso.ID, false, w.by()))
		task = w.claimed()
		assert.True(t, task.HasRole && !task.MayTakeRole)
		require.NoError(t, w.NoteAppRole(t.Context(), task, false))
		var said []string
		for _, r := range w.recordsOf(w.contoso, audit.AppRoleAllowed, audit.AppRoleTaken, audit.AppRoleForbidden, audit.AppRoleReturned) {
			action, _, _ := strings.Cut(r, " ")
			said = append(said, action)
		}
		assert.Equal(t, []string{"app_role.allowed", "app_role.taken", "app_role.forbidden", "app_role.returned"}, said)
		w.sound()
	})
}

func TestPreflight_TheProbeIsKeptAndAnotherTenantForgetsEverything(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.requestPreflight(w.contoso)
		task := w.claimed()
		assert.Equal(t, store.Probe{}, task.Probe)
		probe := store.Probe{Marker: w.marker()}
		require.NoError(t, w.NoteProbe(t.Context(), task, probe), "before it is made")
		probe.ObjectID, probe.At = object, new(w.clock.Now())
		require.NoError(t, w.NoteProbe(t.Context(), task, probe))
		require.NoError(t, w.FinishPreflight(t.Context(), task, allRead(w), w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)))
		w.requestPreflight(w.contoso)
		assert.Equal(t, probe, w.claimed().Probe)

		other := w.tenantID().String()
		w.exec("UPDATE customers SET tenant_id = '" + other + "' WHERE id = '" + w.contoso.ID.String() + "'")
		assert.Equal(t, access.HealthUnknown, w.preflight().Health)
		assert.Empty(t, w.preflight().Findings)
		n := w.begin(w.contoso.ID, access.MustID[access.TenantID](other))
		_, err := w.TakeConsent(t.Context(), w.callback(n))
		require.NoError(t, err)
		require.NoError(t, w.Connect(t.Context(), n.ID, w.verified(n)))
		task = w.claimed()
		assert.Equal(t, store.Probe{}, task.Probe)
		assert.Equal(t, access.TenantFacts{}, task.Facts)
	})
}

// Nothing fails open: facts that cannot be read are an error, and never nothing to find.
func TestPreflight_UnreadableFactsAreAnError(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		w.checked(allRead(w))
		for _, facts := range []string{`{"App":{"Answer":"perhaps"}}`, `{"Licence":"p9"}`, `{"PasswordReset":7}`, `{"Domains":"none"}`} {
			w.exec(`UPDATE preflights SET facts = '` + facts + `'`)
			_, err := w.Preflight(t.Context(), w.contoso.ID)
			assert.ErrorIs(t, err, store.ErrUnreadable, facts)
			_, _, err = w.RequestGrant(t.Context(), w.newGrant(w.ada, w.contoso, w.helpDesk))
			assert.ErrorIs(t, err, store.ErrUnreadable, facts)
		}
	})
}
