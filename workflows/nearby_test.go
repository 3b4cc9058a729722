package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
	"hourglass/internal/temporalserver"
	"hourglass/workflows"
)

func TestOnlyTheEndOfALifetimeIsTriedNearby(t *testing.T) {
	cases := []struct {
		name    string
		failing int
		act     func(*stage)
		nearby  []bool
		removed workflows.Tally
	}{
		{name: "expired", nearby: []bool{true}},
		{name: "expired, and Microsoft does not answer", failing: 2, nearby: []bool{true, false, false}, removed: taken},
		{name: "expired, and Microsoft refuses for good", failing: -1, nearby: []bool{true, false}},
		{name: "returned", nearby: []bool{false}, act: func(s *stage) { s.update(workflows.UpdateReturn, named()) }},
		{name: "revoked", nearby: []bool{false}, act: func(s *stage) { s.update(workflows.UpdateRevoke, named()) }},
		{name: "cancelled in Temporal", nearby: []bool{false}, act: func(s *stage) { s.env.CancelWorkflow() }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			s.failing[workflows.SwitchOff] = c.failing
			if c.failing < 0 {
				s.during[workflows.SwitchOff] = func(context.Context) { s.failing[workflows.SwitchOff] = 0 }
			}
			if c.act != nil {
				s.env.RegisterDelayedCallback(func() { c.act(s) }, time.Minute)
			}
			state := s.play()
			require.Equal(t, access.Ended, state.State)
			require.Equal(t, c.nearby, s.nearby)
			require.Equal(t, c.removed, s.off.Removed, "what a failed attempt took away is not forgotten")
		})
	}
}

// An earlier version takes the tail of a grant that this one began, and the other way round: histories of both replay
// (TestEveryRecordedHistoryReplays). Here the environment says that the history is of before.
func TestEndOfAnEarlierVersionIsNotNearby(t *testing.T) {
	s := newStage(t)
	s.env.OnGetVersion("switch off nearby", workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
	state := s.play()
	require.Equal(t, access.Expired, state.Cause)
	require.Equal(t, []bool{false}, s.nearby)
}

// TestEndBeforeBeginning_AnEndNearbyThatHangs: Microsoft accepts the connection and says nothing more.
func TestEndBeforeBeginning_AnEndNearbyThatHangs(t *testing.T) {
	t.Parallel()
	l := newLife(t, temporalserver.Shared(t), nil)
	l.stage.during[workflows.SwitchOff] = func(ctx context.Context) {
		if len(l.stage.nearby) == 1 {
			<-ctx.Done()
		}
	}
	l.start(false)
	final := l.final()
	require.Equal(t, access.Expired, final.Cause)
	require.Equal(t, []bool{true, false}, l.stage.nearby)
	require.Less(t, final.Proof.ReadAt.Sub(*final.ExpiresAt), 10*time.Second)
	replay(t, l.history())
}

// TestARevokeDuringAnEndNearby: Temporal holds it until the workflow task is over, and with it the grant.
func TestARevokeDuringAnEndNearby(t *testing.T) {
	t.Parallel()
	l := newLife(t, temporalserver.Shared(t), nil)
	answered := make(chan error, 1)
	l.stage.during[workflows.SwitchOff] = func(ctx context.Context) {
		if len(l.stage.nearby) > 1 {
			return
		}
		go func() {
			handle, err := l.client.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
				WorkflowID: l.id, UpdateName: workflows.UpdateRevoke, WaitForStage: client.WorkflowUpdateStageCompleted, Args: []any{named()},
			})
			if err == nil {
				err = handle.Get(t.Context(), nil)
			}
			answered <- err
		}()
		select {
		case <-answered:
			t.Error("an update was answered in the middle of a workflow task")
		case <-time.After(500 * time.Millisecond): // most likely the server has it by then
		}
	}
	l.start(false)
	require.Equal(t, access.Expired, l.final().Cause, "the first cause stands")
	if err := <-answered; err != nil {
		var gone *serviceerror.NotFound
		require.ErrorAs(t, err, &gone, "the kind that package engine knows")
	}
	replay(t, l.history())
}

// TestAWorkerThatStopsFinishesAnEndNearby: otherwise the end would wait until the workflow task has timed out.
func TestAWorkerThatStopsFinishesAnEndNearby(t *testing.T) {
	t.Parallel()
	l := newLife(t, temporalserver.Shared(t), nil)
	began, stopped := make(chan struct{}), make(chan struct{})
	l.stage.during[workflows.SwitchOff] = func(ctx context.Context) {
		close(began)
		<-activity.GetWorkerStopChannel(ctx)
		require.NoError(t, ctx.Err(), "an end at work is not interrupted")
	}
	l.start(false)
	<-began
	go func() { l.worker.Stop(); close(stopped) }()
	require.Equal(t, access.Expired, l.final().Cause)
	<-stopped
	require.Equal(t, []bool{true}, l.stage.nearby)
}
