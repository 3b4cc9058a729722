// Package uncovered ends the live grants that nothing covers any more: their entitlement was removed or has
// ended, a team lost the member, the person was suspended. What should be is in the database, so that whoever looks, as
// often as they like, ends the same grants: the API right after a change, the workers every few seconds. It
// knows neither Temporal nor Microsoft.
package uncovered

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// Store finds the grants.
type Store interface {
	Uncovered(ctx context.Context, now time.Time, limit int) ([]store.Uncovered, error)
}

// Engine ends them. access.ErrNotFound: no workflow runs yet; access.ErrIllegalTransition: it is past revoking.
type Engine interface {
	Revoke(ctx context.Context, id access.GrantID, by access.PersonID, comment string) error
}

const (
	// atOnce bounds one round; whatever is over is found by the next.
	atOnce = 200
	// together is how many workflows are asked at the same time.
	together = 8
	// answer is how long one workflow may take, so that it holds up no other.
	answer = 5 * time.Second
)

// End revokes every uncovered grant, in Hourglass's own name, with the reason as the comment. One that cannot be
// ended does not keep the others; the error names all of those.
func End(ctx context.Context, s Store, e Engine, now time.Time) error {
	grants, err := s.Uncovered(ctx, now, atOnce)
	if err != nil {
		return fmt.Errorf("looking for grants that nothing covers: %w", err)
	}
	var mu sync.Mutex
	var failed []error
	var round errgroup.Group
	round.SetLimit(together)
	for _, g := range grants {
		round.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, answer)
			defer cancel()
			err := e.Revoke(ctx, g.GrantID, access.PersonID{}, g.Why)
			if err == nil || errors.Is(err, access.ErrNotFound) || errors.Is(err, access.ErrIllegalTransition) {
				return nil // where no workflow runs yet, the repair of lost starts begins one
			}
			mu.Lock()
			defer mu.Unlock()
			failed = append(failed, fmt.Errorf("ending grant %s (%s): %w", g.GrantID, g.Why, err))
			return nil
		})
	}
	_ = round.Wait() // every error is in failed
	return errors.Join(failed...)
}
