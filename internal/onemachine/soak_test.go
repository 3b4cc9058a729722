package onemachine_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/onemachine"
)

// soakMinutes says for how long make soak lasts; without it the test is skipped.
const soakMinutes = "HOURGLASS_SOAK_MINUTES"

const (
	soakEvery    = 1400 * time.Millisecond // one request; a grant costs a machine of two cores about a quarter of a second
	soakRestarts = 3 * time.Minute         // one process
	soakLooks    = 30 * time.Second        // at the memory
)

// TestSoak: steady requests for minutes, to two APIs and two workers. Of each two, one is restarted every few minutes; the other
// lives throughout, and does not grow. Every request that fails is mended by sending it again with the same key, and every
// grant ends.
func TestSoak(t *testing.T) {
	minutes, err := strconv.ParseFloat(os.Getenv(soakMinutes), 64)
	if err != nil {
		t.Skip("make soak runs this")
	}
	s := newStage(t, onemachine.Config{Split: true, Each: 2})
	load := newLoad(t, s, soakEvery)

	over := time.Now().Add(time.Duration(minutes * float64(time.Minute)))
	restart, look := time.NewTicker(soakRestarts), time.NewTicker(soakLooks)
	defer restart.Stop()
	defer look.Stop()
	restarted := []*onemachine.Process{s.APIs[0], s.Workers[0]}
	lasting := map[string]*onemachine.Process{"api": s.APIs[1], "worker": s.Workers[1]}
	grew := map[string][]int{}
	restarts := 0
	for time.Now().Before(over) {
		select {
		case <-restart.C:
			require.NoError(t, restarted[restarts%2].Restart(patiently(t)))
			restarts++
		case <-look.C:
			for name, process := range lasting {
				grew[name] = append(grew[name], residentMB(t, process.PID()))
			}
			t.Logf("%s, %d restarts; api %d MB, worker %d MB", load, restarts, last(grew["api"]), last(grew["worker"]))
		}
	}
	load.stop()
	t.Logf("%.0f minutes: %s, %d restarts", minutes, load, restarts)
	for name, seen := range grew {
		checkFlat(t, name, seen)
	}
	s.checkNoneLive(t)
	s.checkWhole(t)
}

// checkFlat compares the memory of the last third with that of the middle one: in the first, caches and pools fill.
func checkFlat(t *testing.T, name string, megabytes []int) {
	t.Helper()
	third := len(megabytes) / 3
	if third == 0 {
		t.Logf("%s: %v MB", name, megabytes)
		return
	}
	middle, end := median(megabytes[third:2*third]), median(megabytes[2*third:])
	t.Logf("%s: %d MB in the middle third, %d MB in the last; all: %v", name, middle, end, megabytes)
	assert.LessOrEqual(t, float64(end), 1.15*float64(middle), "%s grows", name)
}

func median(numbers []int) int {
	sorted := slices.Sorted(slices.Values(numbers))
	return sorted[len(sorted)/2]
}

func last(numbers []int) int { return numbers[len(numbers)-1] }

// residentMB is the memory of a process.
func residentMB(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kilobytes, err := strconv.Atoi(fields[1])
			require.NoError(t, err)
			return kilobytes >> 10
		}
	}
	return 0
}
