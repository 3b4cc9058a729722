// Package rounds repeats what every worker does beside the grants: look for work that is due, do it, and look again. It knows
// nothing of the work.
package rounds

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// Every makes rounds until ctx ends: one at once, and then one in each pause, or as often as they come to their end.
func Every(ctx context.Context, pause time.Duration, round func(context.Context)) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Queue is work that is found as a list of things which are due.
type Queue[T any] struct {
	// Name is what OnRound and the log call the rounds.
	Name string
	Log  *slog.Logger
	// Due returns what is due. What it could find comes beside an error about the rest.
	Due func(context.Context) ([]T, error)
	// Do does one of them. It says in the log what goes wrong.
	Do func(context.Context, T)
	// OnRound is told what came of looking; nil: nobody is.
	OnRound func(name string, err error)
}

// Round does once what is due, side by side, and returns when all of it is done: nothing stands in the way of anything else.
func (q Queue[T]) Round(ctx context.Context) {
	due, err := q.Due(ctx)
	if q.OnRound != nil {
		q.OnRound(q.Name, err)
	}
	if err != nil && ctx.Err() == nil {
		q.Log.ErrorContext(ctx, "not everything that is due was found", "round", q.Name, "error", err)
	}
	var work errgroup.Group
	for _, one := range due {
		work.Go(func() error { q.Do(ctx, one); return nil })
	}
	_ = work.Wait() // Do returns no error
}
