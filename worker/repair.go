package worker

import (
	"context"
	"log/slog"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/engine"
	"hourglass/internal/store"
	"hourglass/internal/uncovered"
)

const (
	// repairEvery bounds how long a grant that lost its workflow stays without one.
	repairEvery = 5 * time.Second
	// untouched is how long a grant may rest in a passing state before somebody looks after it.
	untouched = 10 * time.Second
	// atOnce bounds the work of one round; the next one goes on.
	atOnce = 200
)

// repairer closes the gap between the commit of a request and the start of its workflow, which a
// crash can tear open, and the one that an operator's terminate leaves. It asks for a workflow; where
// one runs, nothing happens. It also ends the grants that nothing covers any more. Several workers may do
// both at the same time.
type repairer struct {
	store  *store.Store
	engine *engine.Engine
	log    *slog.Logger
}

func (r repairer) run(ctx context.Context) {
	ticker := time.NewTicker(repairEvery)
	defer ticker.Stop()
	for {
		r.round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (r repairer) round(ctx context.Context) {
	r.restart(ctx)
	if err := uncovered.End(ctx, r.store, r.engine, time.Now()); err != nil {
		r.log.ErrorContext(ctx, "grants that nothing covers are still live", "error", err)
	}
}

// restart asks for a workflow for every grant that may have lost its own.
func (r repairer) restart(ctx context.Context) {
	strays, err := r.store.Strays(ctx, time.Now(), untouched, atOnce)
	if err != nil {
		r.log.ErrorContext(ctx, "looking for grants without a workflow failed", "error", err)
		return
	}
	for _, stray := range strays {
		if err := r.repair(ctx, stray.ID); err != nil {
			// The others are not to wait for this one.
			r.log.ErrorContext(ctx, "starting a grant's workflow again failed", "grant", stray.ID, "error", err)
		}
	}
}

// repair looks again: in a crowd, a grant may have ended since it was listed, and a new run of an ended one would
// only add to the crowd.
func (r repairer) repair(ctx context.Context, id access.GrantID) error {
	grant, err := r.store.Grant(ctx, id)
	if err != nil || !grant.State.Live() {
		return err
	}
	return r.engine.Repair(ctx, grant)
}
