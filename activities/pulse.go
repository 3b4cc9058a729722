package activities

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"

	"hourglass/workflows"
)

// heartbeatEvery is well below the heartbeat timeout of workflows/policies.go. An activity that
// is done sooner costs no heartbeat at all.
const heartbeatEvery = 2 * time.Second

// pulse heartbeats while an activity works, so that a dead worker is noticed, a cancelled grant
// interrupts the step that is at work, and people can watch how far it is.
type pulse struct {
	progress atomic.Pointer[workflows.Progress]
	stop     context.CancelFunc
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
	activity.RecordHeartbeat(ctx, p.shown()...)
}

// shown is what the next heartbeats carry: one value, or none yet.
func (p *pulse) shown() []any {
	if now := p.progress.Load(); now != nil {
		return []any{*now}
	}
	return nil
}

// show sets what the next heartbeats carry.
func (p *pulse) show(now workflows.Progress) { p.progress.Store(&now) }
