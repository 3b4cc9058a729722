package onemachine_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/onemachine"
)

// TestStoppedMachineGoesOn: what is stopped while a grant is active ends it after the next start, on whatever
// ports that is.
func TestStoppedMachineGoesOn(t *testing.T) {
	sideBySide(t)
	dir := t.TempDir()
	s := newStage(t, onemachine.Config{Dir: dir})
	sc := s.newScene(t, "stopped")
	require.NoError(t, sc.request(patiently(t)))
	_, err := sc.reaches(patiently(t), access.Active)
	require.NoError(t, err)

	_, err = onemachine.Start(patiently(t), onemachine.Config{Dir: dir, Binary: product})
	require.ErrorIs(t, err, onemachine.ErrInUse, "one machine at a time")
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "a second Close does nothing")

	again := start(t, onemachine.Config{Dir: dir, Sample: true})
	s.Machine, sc.stage.Machine = again, again
	g, err := sc.reaches(patiently(t), access.Ended)
	require.NoError(t, err)
	require.Equal(t, access.Expired, g.Outcome)
	sc.checkOff(t)
}

func TestPortThatIsTaken(t *testing.T) {
	sideBySide(t)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer other.Close()
	port := other.Addr().(*net.TCPAddr).Port
	_, err = onemachine.Start(patiently(t), onemachine.Config{Dir: t.TempDir(), Binary: product, Port: port})
	require.ErrorIs(t, err, onemachine.ErrPortTaken)
	require.ErrorContains(t, err, fmt.Sprint(port))
}
