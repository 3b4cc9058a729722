package worker

import (
	"context"
	"errors"
	"fmt"
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
// one runs, nothing happens. It does the same for customers that leave and for drills, which it begins when they are due, and ends the grants that nothing covers any
// more. Several workers may do all of it at the same time.
type repairer struct {
	store   *store.Store
	engine  *engine.Engine
	log     *slog.Logger
	onRound func(name string, err error)
	// next is where the next round goes on with the strays, so that each has its turn however many there are.
	next store.StrayCursor
}

func (r *repairer) round(ctx context.Context) {
	err := r.restart(ctx)
	if err != nil {
		r.log.ErrorContext(ctx, "not every grant without a workflow has one again", "error", err)
	}
	r.onRound("repair", err)
	if err = r.leave(ctx); err != nil {
		r.log.ErrorContext(ctx, "not every customer that leaves has a workflow", "error", err)
	}
	r.onRound("leaving", err)
	if err = r.drill(ctx); err != nil {
		r.log.ErrorContext(ctx, "not every drill that is due or running has a workflow", "error", err)
	}
	r.onRound("drills", err)
	if err = uncovered.End(ctx, r.store, r.engine, time.Now()); err != nil {
		r.log.ErrorContext(ctx, "grants that nothing covers are still live", "error", err)
	}
	r.onRound("uncovered", err)
}

// restart asks for a workflow for the next grants that may have lost their own.
func (r *repairer) restart(ctx context.Context) error {
	strays, next, err := r.store.Strays(ctx, time.Now(), untouched, r.next, atOnce)
	r.next = next
	failed := []error{err} // strays that can be read come beside the error
	for _, stray := range strays {
		if err := r.repair(ctx, stray.ID); err != nil {
			failed = append(failed, fmt.Errorf("grant %s: %w", stray.ID, err)) // the others are not to wait for this one
		}
	}
	return errors.Join(failed...)
}

// leave asks for a workflow for every customer that leaves.
func (r repairer) leave(ctx context.Context) error {
	leaving, err := r.store.Leaving(ctx, atOnce)
	failed := []error{err}
	for _, customer := range leaving {
		if err := r.engine.KeepLeaving(ctx, customer); err != nil {
			failed = append(failed, fmt.Errorf("customer %s: %w", customer, err))
		}
	}
	return errors.Join(failed...)
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
