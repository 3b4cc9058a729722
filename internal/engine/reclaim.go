package engine

import (
	"context"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"hourglass/internal/store"
	"hourglass/workflows"
)

const (
	// reclaimer is how the workflow's history names whoever gave a task back.
	reclaimer = "hourglass-reclaim"
	// reclaimTries bounds how often a grant's task is looked for among those of the same worker.
	reclaimTries = 3
	// askFor is how long to wait for a task that somebody else may have taken; the server wants two seconds at least.
	askFor = 3 * time.Second
	// fewEvents are enough to see where a task waits: its event is the last one, or nearly.
	fewEvents = 10
)

// Reclaim takes the workflow of a live grant away from the worker that had it in memory, so that any worker goes on
// with it at once. Temporal hands tasks and queries to that worker first, and where it was killed, they would wait
// for the sticky schedule-to-start timeout. A worker that lives only has to read the history anew.
//
// access.ErrNotFound where no workflow runs.
func (e *Engine) Reclaim(ctx context.Context, grant store.Grant) error {
	execution := &commonpb.WorkflowExecution{WorkflowId: workflows.JITAccessID(grant.CustomerID, grant.PersonID)}
	for range reclaimTries {
		queue, err := e.waitsIn(ctx, execution)
		if err != nil {
			return err
		}
		if queue == nil {
			// From here on nothing more is given to that worker alone. A task that it was given before would now be
			// dropped, and only its timeout would bring another.
			_, err := e.temporal.WorkflowService().ResetStickyTaskQueue(ctx, &workflowservice.ResetStickyTaskQueueRequest{
				Namespace: e.namespace, Execution: execution,
			})
			return domainError("reclaim", err)
		}
		if err := e.giveBack(ctx, queue); err != nil {
			return err
		}
	}
	return nil // somebody takes tasks from that queue: the worker lives
}

// waitsIn is the worker's own queue in which a task of the workflow waits to be taken; nil where none does.
func (e *Engine) waitsIn(ctx context.Context, execution *commonpb.WorkflowExecution) (*taskqueuepb.TaskQueue, error) {
	service := e.temporal.WorkflowService()
	described, err := service.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: e.namespace, Execution: execution,
	})
	if err != nil {
		return nil, domainError("reclaim", err)
	}
	pending := described.GetPendingWorkflowTask()
	// A task that failed before is in the common queue.
	if pending.GetState() != enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED || pending.GetAttempt() > 1 {
		return nil, nil
	}
	latest, err := service.GetWorkflowExecutionHistoryReverse(ctx, &workflowservice.GetWorkflowExecutionHistoryReverseRequest{
		Namespace: e.namespace, Execution: execution, MaximumPageSize: fewEvents,
	})
	if err != nil {
		return nil, domainError("reclaim", err)
	}
	for _, event := range latest.GetHistory().GetEvents() {
		queue := event.GetWorkflowTaskScheduledEventAttributes().GetTaskQueue()
		switch {
		case queue.GetKind() == enumspb.TASK_QUEUE_KIND_STICKY:
			return queue, nil
		case queue != nil:
			return nil, nil
		}
	}
	return nil, nil
}

// giveBack takes one task out of a worker's own queue and fails it: Temporal puts it into the common queue.
func (e *Engine) giveBack(ctx context.Context, queue *taskqueuepb.TaskQueue) error {
	polling, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	service := e.temporal.WorkflowService()
	task, err := service.PollWorkflowTaskQueue(polling, &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: e.namespace, TaskQueue: queue, Identity: reclaimer,
	})
	switch {
	case polling.Err() != nil && ctx.Err() == nil:
		return nil // somebody else has it
	case err != nil:
		return fmt.Errorf("reclaim: %w", err)
	case len(task.GetTaskToken()) == 0 || task.GetQuery() != nil:
		return nil // or it was a query, which whoever asked will ask again
	}
	_, err = service.RespondWorkflowTaskFailed(ctx, &workflowservice.RespondWorkflowTaskFailedRequest{
		Namespace: e.namespace, Identity: reclaimer, TaskToken: task.GetTaskToken(),
		Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
	})
	return domainError("reclaim", err)
}
