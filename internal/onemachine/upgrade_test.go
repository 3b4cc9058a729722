package onemachine_test

import (
	"os"
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

// TestUpgrade: docs/operate.md's way to upgrade, while people ask for access. The database is migrated while the earlier version runs;
// then the workers and the APIs, two of each, are replaced one after the other. No request is lost that sending it again with the same
// key does not mend, and no grant, neither one that began before nor one that the two versions share.
func TestUpgrade(t *testing.T) {
	sideBySide(t)
	earlier := os.Getenv(earlierBinary)
	if earlier == "" {
		earlier = product
	}
	cfg := onemachine.Config{Split: true, Each: 2, Binary: earlier}
	if !onServer {
		cfg.DatabaseURL = postgrestest.URL(t)
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
	s.SetBinary(product)
	_, err = s.Hourglass(patiently(t), "migrate")
	require.NoError(t, err)
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
