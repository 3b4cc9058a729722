package onemachine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
)

// TestReclaimed: what a killed worker had in its memory does not wait for it, neither the end of a grant that fell
// due meanwhile nor a technician who wants a credential. Here they would wait longer than the test.
func TestReclaimed(t *testing.T) {
	sideBySide(t)
	s := newStage(t, onemachine.Config{Split: true, Env: []string{"HOURGLASS_WORKER_STICKY_TIMEOUT=1h"}})
	ctx := patiently(t)

	live := s.newScene(t, "live")
	shown, err := s.ada.Request(ctx, "live", api.GrantRequest{
		CustomerId: live.customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(10 * time.Minute / time.Second),
	})
	require.NoError(t, err)
	_, err = s.ada.Await(ctx, shown.Id, access.Active)
	require.NoError(t, err)
	due := s.newScene(t, "due")
	require.NoError(t, due.request(ctx))
	g, err := due.reaches(ctx, access.Active)
	require.NoError(t, err)
	lastIs := func(fits func(*history.HistoryEvent) bool) {
		require.NoError(t, until(ctx, func() (bool, error) {
			whole, err := s.History(ctx, g.CustomerID, g.PersonID)
			return err == nil && fits(whole.Events[len(whole.Events)-1]), err
		}))
	}
	lastIs(func(e *history.HistoryEvent) bool { return e.GetEventType() == enums.EVENT_TYPE_TIMER_STARTED })
	require.NoError(t, s.Worker.Kill())
	// Its end comes into the dead worker's own queue.
	lastIs(func(e *history.HistoryEvent) bool {
		return e.GetWorkflowTaskScheduledEventAttributes().GetTaskQueue().GetKind() == enums.TASK_QUEUE_KIND_STICKY
	})
	require.NoError(t, s.Worker.Restart(ctx))
	back := time.Now()

	ended := due.check(t)
	t.Logf("the end came %.1f s after the worker", ended.EndedAt.Sub(back).Seconds())
	assert.Less(t, ended.EndedAt.Sub(back), tolerance)

	require.NoError(t, s.ada.Assert(ctx))
	require.NoError(t, until(ctx, func() (bool, error) {
		credential, err := s.ada.Credential(ctx, shown.Id)
		if refused(err) {
			return false, err
		}
		return err == nil && credential.UserName != "", nil
	}))
	t.Logf("the credential was shown %.1f s after the worker", time.Since(back).Seconds())
	s.checkWhole(t)
}
