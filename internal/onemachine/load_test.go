package onemachine_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
)

const (
	// loadPlaces is how many customers a load asks at, each of which has one grant at a time.
	loadPlaces = 40
	// loadPatience bounds one grant of a load, however busy the machine is meanwhile.
	loadPatience = 10 * time.Minute
)

// load is steady requests for access, each returned once it is active.
type load struct {
	stage        *stage
	asked, again atomic.Int64
	going        sync.WaitGroup
	cancel       context.CancelFunc
}

// newLoad asks once in every, until stop.
func newLoad(t *testing.T, s *stage, every time.Duration) *load {
	t.Helper()
	free := make(chan *scene, loadPlaces)
	for i := range loadPlaces {
		free <- s.newScene(t, fmt.Sprintf("load %d", i))
	}
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{stage: s, cancel: cancel}
	l.going.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			select {
			case sc := <-free:
				key := fmt.Sprintf("load-%d", l.asked.Add(1))
				l.going.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), loadPatience)
					defer cancel()
					if assert.NoError(t, l.grant(ctx, sc, key), sc.name) {
						free <- sc
					}
				})
			default: // every customer has a grant: slower than asked for
			}
		}
	})
	return l
}

func (l *load) String() string {
	return fmt.Sprintf("%d grants asked for, %d requests sent again", l.asked.Load(), l.again.Load())
}

// stop asks for no more, and waits until every grant of the load has ended.
func (l *load) stop() {
	l.cancel()
	l.going.Wait()
}

// grant is one from request to proof. What is not answered is sent again with the same key.
func (l *load) grant(ctx context.Context, sc *scene, key string) error {
	var id access.GrantID
	insist := func(send func() error) error {
		return until(ctx, func() (bool, error) {
			err := send()
			if err != nil && !refused(err) {
				l.again.Add(1)
				return false, nil
			}
			return true, err
		})
	}
	err := insist(func() error {
		g, err := l.stage.ada.Request(ctx, key, api.GrantRequest{
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
			g, err := l.stage.Store.Grant(ctx, id)
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
	_ = insist(func() error { _, err := l.stage.ada.Return(ctx, id); return err })
	return reaches(access.Ended)
}
