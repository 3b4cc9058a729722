package activities

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
)

// heartbeatEvery is well below the heartbeat timeout of workflows/policies.go. An activity that
// is done sooner costs no heartbeat at all.
const heartbeatEvery = 2 * time.Second

// pulse heartbeats while an activity works, so that a dead worker is noticed, a cancelled grant
// interrupts the step that is at work, and people can watch how far it is.
type pulse struct {
	details atomic.Value
	stop    context.CancelFunc
}

func startPulse(ctx context.Context) *pulse {
	ctx, stop := context.WithCancel(ctx)
	p := &pulse{stop: stop}
	go func() {
		ticker := time.NewTicker(heartbeatEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				p.beat(ctx)
			}
		}
	}()
	return p
}

func (p *pulse) beat(ctx context.Context) {
	if details := p.details.Load(); details != nil {
		activity.RecordHeartbeat(ctx, details)
		return
	}
	activity.RecordHeartbeat(ctx)
}

// show sets what the next heartbeats carry.
func (p *pulse) show(now progress) { p.details.Store(now) }
