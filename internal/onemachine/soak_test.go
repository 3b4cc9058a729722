package onemachine_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
)

// soakMinutes says for how long make soak lasts; without it the test is skipped.
const soakMinutes = "HOURGLASS_SOAK_MINUTES"

const (
	soakEvery    = 700 * time.Millisecond // one request; a grant costs this machine about a quarter of a second
	soakRestarts = 40 * time.Second       // API and worker in turn
	soakPlaces   = 40                     // customers, each of which has one grant at a time
)

// TestSoak: steady requests for minutes, while API and worker are restarted in turn. Every request that fails is mended by
// sending it again with the same key, every grant ends, and the processes do not grow.
func TestSoak(t *testing.T) {
	minutes, err := strconv.ParseFloat(os.Getenv(soakMinutes), 64)
	if err != nil {
		t.Skip("make soak runs this")
	}
	server := newServer(t)
	server.prepare(patiently(t), "hourglass")
	s := newStage(t, onemachine.Config{
		Split: true, DatabaseURL: server.hourglass, TemporalPort: server.port, TemporalNamespace: "hourglass",
	})
	free := make(chan *scene, soakPlaces)
	for i := range soakPlaces {
		free <- s.newScene(t, fmt.Sprintf("soak %d", i))
	}

	over := time.Now().Add(time.Duration(minutes * float64(time.Minute)))
	var asked, again atomic.Int64
	var going sync.WaitGroup
	request, restart := time.NewTicker(soakEvery), time.NewTicker(soakRestarts)
	defer request.Stop()
	defer restart.Stop()
	restarts := 0
	for time.Now().Before(over) {
		select {
		case <-restart.C:
			process, name := s.API, "api"
			if restarts%2 == 1 {
				process, name = s.Worker, "worker"
			}
			t.Logf("%d requests, %d sent again; %s had %d MB before its restart", asked.Load(), again.Load(), name, residentMB(t, process.PID()))
			going.Go(func() { assert.NoError(t, process.Restart(patiently(t))) })
			restarts++
		case <-request.C:
			select {
			case sc := <-free:
				key := fmt.Sprintf("soak-%d", asked.Add(1))
				going.Go(func() {
					assert.NoError(t, sc.soak(patiently(t), key, &again), sc.name)
					free <- sc
				})
			default: // every customer has a grant: slower than asked for
			}
		}
	}
	going.Wait()
	census, err := s.Store.Census(patiently(t))
	require.NoError(t, err)
	for state, n := range census.Live {
		assert.Zero(t, n, "%s", state)
	}
	t.Logf("%d grants in %.1f minutes with %d restarts, %d requests sent again; at the end api %d MB, worker %d MB",
		asked.Load(), minutes, restarts, again.Load(), residentMB(t, s.API.PID()), residentMB(t, s.Worker.PID()))
	s.checkWhole(t)
}

// soak is one grant from request to proof. What is not answered is sent again with the same key.
func (sc *scene) soak(ctx context.Context, key string, again *atomic.Int64) error {
	var id access.GrantID
	insist := func(send func() error) error {
		return until(ctx, func() (bool, error) {
			err := send()
			if err != nil && !refused(err) {
				again.Add(1)
				return false, nil
			}
			return true, err
		})
	}
	err := insist(func() error {
		g, err := sc.stage.ada.Request(ctx, key, api.GrantRequest{
			CustomerId: sc.customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(10 * time.Minute / time.Second),
		})
		id = g.Id
		return err
	})
	if err != nil {
		return err
	}
	reaches := func(state access.State) error {
		return until(ctx, func() (bool, error) {
			g, err := sc.stage.Store.Grant(ctx, id)
			if err == nil && g.State == access.Ended && g.Outcome != access.Returned {
				err = fmt.Errorf("it ended as %s", g.Outcome)
			}
			return g.State == state, err
		})
	}
	if err := reaches(access.Active); err != nil {
		return err
	}
	// That it is over already is what an answer that was lost has left.
	_ = insist(func() error { _, err := sc.stage.ada.Return(ctx, id); return err })
	return reaches(access.Ended)
}

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
