package worker

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// reclaim frees the live grants from the worker before this one, which may have been killed: those first that wait
// for a step.
func (r repairer) reclaim(ctx context.Context) {
	waiting, _, err := r.store.Strays(ctx, time.Now(), 0, store.StrayCursor{}, atOnce)
	r.reclaimEach(ctx, waiting, err)
	live := store.GrantFilter{States: access.LiveStates, Limit: atOnce}
	for more := true; more && ctx.Err() == nil; more = live.Before != "" {
		var page []store.Grant
		page, live.Before, err = r.store.Grants(ctx, live)
		r.reclaimEach(ctx, page, err)
	}
}

const (
	// reclaimTogether bounds how many grants are asked about at the same time.
	reclaimTogether = 8
	// reclaimWithin bounds one of them: Temporal may hang.
	reclaimWithin = 20 * time.Second
)

func (r repairer) reclaimEach(ctx context.Context, grants []store.Grant, err error) {
	if err != nil {
		r.log.ErrorContext(ctx, "looking for grants of a worker that is gone failed", "error", err)
	}
	var work errgroup.Group
	work.SetLimit(reclaimTogether)
	for _, grant := range grants {
		work.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, reclaimWithin)
			defer cancel()
			if err := r.engine.Reclaim(ctx, grant); err != nil && !errors.Is(err, access.ErrNotFound) {
				r.log.WarnContext(ctx, "a grant may wait for a worker that is gone", "grant", grant.ID, "error", err)
			}
			return nil
		})
	}
	_ = work.Wait() // each error is in the log
}
