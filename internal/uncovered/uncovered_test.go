package uncovered

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// scene is a store and an engine: a grant that was revoked is not found again.
type scene struct {
	mu    sync.Mutex
	live  []store.Uncovered
	fails map[access.GrantID]error
	said  map[access.GrantID]string
}

func (s *scene) Uncovered(_ context.Context, _ time.Time, limit int) (found []store.Uncovered, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.live {
		if _, revoked := s.said[g.GrantID]; !revoked && len(found) < limit {
			found = append(found, g)
		}
	}
	return found, nil
}

func (s *scene) Revoke(_ context.Context, id access.GrantID, by access.PersonID, comment string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !by.IsZero() {
		return errors.New("nobody does it but Hourglass")
	}
	if err := s.fails[id]; err != nil {
		return err
	}
	s.said[id] = comment
	return nil
}

func TestOneGrantThatCannotBeEndedDoesNotKeepTheOthers(t *testing.T) {
	s := &scene{fails: map[access.GrantID]error{}, said: map[access.GrantID]string{}}
	for i := range 300 {
		id := access.MustID[access.GrantID](fmt.Sprintf("%08x-0000-4000-8000-000000000000", i))
		s.live = append(s.live, store.Uncovered{GrantID: id, Why: "entitlement removed"})
	}
	stuck, starting, over := s.live[0].GrantID, s.live[1].GrantID, s.live[2].GrantID
	s.fails[stuck], s.fails[starting], s.fails[over] = errors.New("no worker"), access.ErrNotFound, access.ErrIllegalTransition

	err := End(t.Context(), s, s, time.Now())
	require.ErrorContains(t, err, stuck.String())
	assert.NotContains(t, err.Error(), starting.String())
	assert.NotContains(t, err.Error(), over.String())
	assert.Len(t, s.said, atOnce-3)

	s.fails = nil
	require.NoError(t, End(t.Context(), s, s, time.Now()), "the next round goes on where this one stopped")
	assert.Len(t, s.said, 300)
	for _, comment := range s.said {
		assert.Equal(t, "entitlement removed", comment)
	}
}
