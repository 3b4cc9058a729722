package onemachine_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
)

// TestKeysRotateWhileGrantsAreLive: both keysets get a new key, which then seals, while a grant is live from before and another
// begins in between. Every credential is shown, every grant ends, and nothing is sealed under a key that a process lacks.
func TestKeysRotateWhileGrantsAreLive(t *testing.T) {
	sideBySide(t)
	s := newStage(t, onemachine.Config{Split: true})
	begin := func(name string) (*scene, access.GrantID) {
		t.Helper()
		sc := s.newScene(t, name)
		g, err := s.ada.Request(patiently(t), name, api.GrantRequest{
			CustomerId: sc.customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(10 * time.Minute / time.Second),
		})
		require.NoError(t, err)
		_, err = sc.reaches(patiently(t), access.Active)
		require.NoError(t, err)
		return sc, g.Id
	}
	keys := func(args ...string) string {
		t.Helper()
		said, err := s.Hourglass(patiently(t), append([]string{"keys"}, args...)...)
		require.NoError(t, err)
		return said
	}
	// restart is what an operator does after each change of the files: one process after the other.
	restart := func() {
		t.Helper()
		require.NoError(t, s.Worker.Restart(patiently(t)))
		require.NoError(t, s.API.Restart(patiently(t)))
	}
	shown := func(id access.GrantID) {
		t.Helper()
		require.NoError(t, s.ada.Assert(patiently(t)))
		credential, err := s.ada.Credential(patiently(t), id)
		require.NoError(t, err)
		assert.NotEmpty(t, credential.UserName)
	}
	files := []string{filepath.Join(s.Dir(), "keyset.json"), filepath.Join(s.Dir(), "codec-keyset.json")}

	before, ofBefore := begin("before")
	for _, file := range files {
		keys("add", file)
	}
	restart()
	between, ofBetween := begin("between")
	shown(ofBefore)
	for _, file := range files {
		for line := range strings.Lines(keys("list", file)) {
			if id := strings.TrimSpace(line); !strings.Contains(id, "primary") {
				keys("use", file, id)
			}
		}
	}
	// Only the worker has the new primary key for a while; the API opens what it seals, because it was given the key first.
	require.NoError(t, s.Worker.Restart(patiently(t)))
	mixed, ofMixed := begin("mixed")
	shown(ofMixed)
	require.NoError(t, s.API.Restart(patiently(t)))
	after, ofAfter := begin("after")

	for _, id := range []access.GrantID{ofBefore, ofBetween, ofMixed, ofAfter} {
		shown(id)
		_, err := s.ada.Return(patiently(t), id)
		require.NoError(t, err)
	}
	for _, sc := range []*scene{before, between, mixed, after} {
		g, err := sc.reaches(patiently(t), access.Ended)
		require.NoError(t, err)
		assert.Equal(t, access.Returned, g.Outcome, sc.name)
		sc.checkOff(t)
	}
	s.checkWhole(t)
}
