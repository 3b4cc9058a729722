package onemachine_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/doctor"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
)

// TestDoctor: a healthy house is found well, and each thing that is amiss is named, with what to do, by the exit status too.
func TestDoctor(t *testing.T) {
	sideBySide(t)
	s := newStage(t, onemachine.Config{Split: true, Env: []string{"HOURGLASS_ENTRA_CLIENT_SECRET_EXPIRES=" + time.Now().AddDate(1, 0, 0).Format(time.DateOnly)}})
	sc := s.newScene(t, "examined")
	visit, err := s.ada.Request(patiently(t), "examined", api.GrantRequest{
		CustomerId: sc.customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(10 * time.Minute / time.Second),
	})
	require.NoError(t, err)
	_, err = sc.reaches(patiently(t), access.Active)
	require.NoError(t, err)

	examine := func(env ...string) (doctor.Report, int) {
		t.Helper()
		said, status, err := s.Status(patiently(t), env, "doctor", "--json")
		require.NoError(t, err)
		var report doctor.Report
		require.NoError(t, json.Unmarshal([]byte(said), &report), said)
		assert.Equal(t, map[doctor.Level]int{doctor.OK: 0, doctor.Warning: 1, doctor.Broken: 2}[report.Level], status)
		for _, finding := range report.Findings {
			assert.Equal(t, finding.Level == doctor.OK, finding.Remedy == "", "what is amiss has a remedy: %+v", finding)
		}
		return report, status
	}
	amiss := func(report doctor.Report) (all []string) {
		for _, finding := range report.Findings {
			if finding.Level != doctor.OK {
				all = append(all, finding.Part+": "+finding.Says+" → "+finding.Remedy)
			}
		}
		return all
	}
	// finds requires that this is the only thing amiss.
	finds := func(status int, part, says, remedy string, env ...string) {
		t.Helper()
		report, got := examine(env...)
		all := amiss(report)
		require.Len(t, all, 1, "%v", all)
		assert.Equal(t, status, got)
		assert.True(t, strings.HasPrefix(all[0], part+": "), all[0])
		assert.Contains(t, all[0], says)
		assert.Contains(t, all[0], remedy)
	}

	report, status := examine()
	assert.Zero(t, status)
	assert.Empty(t, amiss(report))
	assert.GreaterOrEqual(t, len(report.Findings), 10)

	// Of another customer: a tenant that takes its consent back also loses what role the app's principal has there.
	other, app := s.newScene(t, "other"), entrasim.SampleClientID
	require.NoError(t, s.Sim.RevokePermissions(other.tenant, app, "User.ReadWrite.All"))
	finds(2, "customers", other.customer.Name.String()+": the consent lacks User.ReadWrite.All", "connect the customer again")
	require.NoError(t, s.Sim.RevokeConsent(other.tenant, app))
	finds(2, "customers", other.customer.Name.String(), "connect the customer again")
	require.NoError(t, s.Sim.Consent(other.tenant, app))

	finds(2, "settings", "HOURGLASS_LISTNE: no such setting", "correct the setting", "HOURGLASS_LISTNE=x")
	finds(1, "customers", "Microsoft was not asked", "the worker's settings", "HOURGLASS_ENTRA_CLIENT_SECRET=")
	finds(2, "temporal", "no namespace elsewhere", "run hourglass namespace", "TEMPORAL_NAMESPACE=elsewhere")
	foreign := filepath.Join(s.Dir(), "foreign-keyset.json")
	_, err = s.Hourglass(patiently(t), "keys", "create", foreign)
	require.NoError(t, err)
	finds(2, "keyset", "does not open the data keys of 1 of 1", "bring back the keyset file", "HOURGLASS_KEYSET_FILE="+foreign)
	finds(2, "codec keyset", "does not open the workflows of 1 of 1", "bring back the keyset file", "HOURGLASS_CODEC_KEYSET_FILE="+foreign)

	_, err = s.ada.Return(patiently(t), visit.Id)
	require.NoError(t, err)
	_, err = sc.reaches(patiently(t), access.Ended)
	require.NoError(t, err)
	sc.checkOff(t)

	report, _ = examine("HOURGLASS_DATABASE_URL=sqlite:" + filepath.Join(s.Dir(), "empty.db"))
	assert.Contains(t, strings.Join(amiss(report), "\n"), "migrations have not been applied → run hourglass migrate")
	require.NoError(t, s.Temporal.Kill())
	finds(2, "temporal", "Temporal does not answer", "start it")
}
