package onemachine_test

import (
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
	"hourglass/internal/postgrestest"
)

// earlierBinary names the product of an earlier version, which make test-upgrade has built. Without it the versions are the same, and
// the test is one of a rolling restart.
const earlierBinary = "HOURGLASS_TEST_EARLIER"

// upgradeLoad is a request each half second, of which a machine of two cores is half busy.
const upgradeLoad = 500 * time.Millisecond

// TestUpgrade: docs/operate.md's way to upgrade, while people ask for access. The earlier version runs on the database that the later
// one has migrated; then the workers and the APIs, two of each, are replaced one after the other. No request is lost that sending it
// again with the same key does not mend, and no grant, neither one that began before nor one that the two versions share.
// (What is prepared while a migration comes: TestAddedColumnsDisturbNobody.)
func TestUpgrade(t *testing.T) {
	sideBySide(t)
	cfg := onemachine.Config{Split: true, Each: 2, Earlier: os.Getenv(earlierBinary)}
	if !onServer {
		cfg.DatabaseURL = postgrestest.URL(t)
	}
	if cfg.Earlier != "" && !onServer {
		migrate := exec.CommandContext(t.Context(), cfg.Earlier, "migrate")
		migrate.Env = []string{"HOURGLASS_DATABASE_URL=" + cfg.DatabaseURL}
		said, err := migrate.CombinedOutput()
		require.NoError(t, err, "%s", said)
	}
	s := newStage(t, cfg)

	live := s.newScene(t, "live throughout")
	shown, err := s.ada.Request(patiently(t), "throughout", api.GrantRequest{
		CustomerId: live.customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(10 * time.Minute / time.Second),
	})
	require.NoError(t, err)
	_, err = live.reaches(patiently(t), access.Active)
	require.NoError(t, err)

	load := newLoad(t, s, upgradeLoad)
	someMore := func() { // in which what was replaced proves itself, together with what was not
		t.Helper()
		enough := load.asked.Load() + 4
		require.NoError(t, until(patiently(t), func() (bool, error) { return load.asked.Load() >= enough, nil }))
	}
	someMore()
	s.Upgrade()
	for _, process := range slices.Concat(s.Workers, s.APIs) {
		someMore()
		require.NoError(t, process.Restart(patiently(t)))
	}
	someMore()
	load.stop()
	t.Log(load)

	require.NoError(t, s.ada.Assert(patiently(t)))
	credential, err := s.ada.Credential(patiently(t), shown.Id)
	require.NoError(t, err)
	assert.NotEmpty(t, credential.UserName)
	_, err = s.ada.Return(patiently(t), shown.Id)
	require.NoError(t, err)
	g, err := live.reaches(patiently(t), access.Ended)
	require.NoError(t, err)
	assert.Equal(t, access.Returned, g.Outcome)
	live.checkOff(t)
	s.checkNoneLive(t)
	s.checkWhole(t)
}
