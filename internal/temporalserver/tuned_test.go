package temporalserver

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The server ignores a setting that it does not know without a word, so these tests measure the effects.

const queue = "tuned"

func TestTunedServerDoesNotMakeAChainOfActivitiesWait(t *testing.T) {
	stock := medianChain(t, start(t, Config{Stock: true}))
	tuned := medianChain(t, start(t, Config{}))
	t.Logf("five activities: stock %v, tuned %v", stock, tuned)
	assert.Less(t, tuned, stock*2/3)
}

// medianChain is the time from start to end of a workflow with five activities, once the server's allowance
// for a burst after a rest is used up.
func medianChain(t *testing.T, server *Server) time.Duration {
	c := dial(t, server, server.Namespace())
	nothing := func(context.Context) error { return nil }
	chain := func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: patience})
		for range 5 {
			if err := workflow.ExecuteActivity(ctx, nothing).Get(ctx, nil); err != nil {
				return err
			}
		}
		return nil
	}
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(chain)
	w.RegisterActivity(nothing)
	require.NoError(t, w.Start())
	defer w.Stop()
	var took []time.Duration
	for range 11 {
		started := time.Now()
		run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: queue}, chain)
		require.NoError(t, err)
		require.NoError(t, run.Get(t.Context(), nil))
		took = append(took, time.Since(started))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// The activity that switches an account off has the highest priority; this is what that is worth.
func TestUrgentActivityOvertakesAWholeBacklog(t *testing.T) {
	server := Shared(t)
	namespace := server.FreshNamespace(t)
	c := dial(t, server, namespace)
	const activities = queue + "-activities"

	var mu sync.Mutex
	var order []int
	note := func(_ context.Context, priority int) error {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, priority)
		return nil
	}
	one := func(ctx workflow.Context, priority int) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: patience, TaskQueue: activities, Priority: temporal.Priority{PriorityKey: priority},
		})
		return workflow.ExecuteActivity(ctx, note, priority).Get(ctx, nil)
	}
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(one)
	require.NoError(t, w.Start())
	defer w.Stop()

	waiting := []int{5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 1, 1, 1}
	for _, priority := range waiting {
		_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: queue}, one, priority)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool {
		answer, err := c.WorkflowService().DescribeTaskQueue(t.Context(), &workflowservice.DescribeTaskQueueRequest{
			Namespace: namespace, TaskQueue: &taskqueue.TaskQueue{Name: activities},
			TaskQueueType: enums.TASK_QUEUE_TYPE_ACTIVITY, ReportStats: true,
		})
		return err == nil && answer.GetStats().GetApproximateBacklogCount() == int64(len(waiting))
	}, patience, 50*time.Millisecond)

	slow := worker.New(c, activities, worker.Options{MaxConcurrentActivityExecutionSize: 1, MaxConcurrentActivityTaskPollers: 1})
	slow.RegisterActivity(note)
	require.NoError(t, slow.Start())
	defer slow.Stop()
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(order) == len(waiting)
	}, patience, 20*time.Millisecond)
	assert.True(t, slices.IsSorted(order), "in the order of their priorities: %v", order)
}
