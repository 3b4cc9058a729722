package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"hourglass/internal/engine"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// shortestRetention keeps a closed workflow long enough to be looked at.
const shortestRetention = 24 * time.Hour

// Temporal looks at the server, the namespace, its search attributes, its clock and whether a worker polls.
func Temporal(temporal client.Client, namespace string, s *store.Store) Part {
	return Part{"temporal", func(ctx context.Context) []Finding {
		described, err := temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
		if _, missing := errors.AsType[*serviceerror.NamespaceNotFound](err); missing {
			return []Finding{broken("there is no namespace "+namespace, "run hourglass namespace, or correct TEMPORAL_NAMESPACE")}
		}
		if err != nil {
			return []Finding{broken("Temporal does not answer: "+err.Error(), "start it, and check TEMPORAL_ADDRESS and TEMPORAL_TLS_…: while it is down, no grant begins and none ends")}
		}
		found := []Finding{well("answers, with namespace " + namespace)}
		if kept := described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration(); kept < shortestRetention {
			found = append(found, warning(fmt.Sprintf("closed workflows are kept for %s", kept), "raise the retention of the namespace to a day or more"))
		}
		return append(found, searchAttributes(ctx, temporal, namespace), temporalClock(ctx, temporal, namespace), workers(ctx, temporal, namespace, s))
	}}
}

func searchAttributes(ctx context.Context, temporal client.Client, namespace string) Finding {
	missing, err := engine.MissingSearchAttributes(ctx, temporal, namespace)
	switch {
	case err != nil:
		return broken("the search attributes cannot be read: "+err.Error(), "allow Hourglass to read them, or look yourself")
	case len(missing) > 0:
		return broken("the namespace lacks the search attributes "+strings.Join(missing, ", ")+": no grant can begin", "run hourglass namespace")
	}
	return well("has the search attributes")
}

// probeQueue is polled by nobody else.
const probeQueue = "hourglass-doctor"

const (
	// pollFor is longer than the shortest poll that a server takes (2 s).
	pollFor = 10 * time.Second
	// noted is how often the server is asked whether it has noted the poll.
	noted = 50 * time.Millisecond
)

// temporalClock reads the server's clock from the instant at which it notes a poll of ours. There is no shorter way.
func temporalClock(ctx context.Context, temporal client.Client, namespace string) Finding {
	identity := fmt.Sprintf("doctor-%d", time.Now().UnixNano())
	ctx, stop := context.WithTimeout(ctx, pollFor)
	defer stop()
	before := time.Now()
	go func() {
		// Nobody gives this queue a task: the poll ends when it is cancelled.
		_, _ = temporal.WorkflowService().PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{
			Namespace: namespace, Identity: identity, TaskQueue: &taskqueue.TaskQueue{Name: probeQueue, Kind: enums.TASK_QUEUE_KIND_NORMAL},
		})
	}()
	for {
		pollers, err := pollersOf(ctx, temporal, namespace, probeQueue, enums.TASK_QUEUE_TYPE_ACTIVITY)
		for _, p := range pollers {
			if p.GetIdentity() == identity {
				return clock("Temporal", p.GetLastAccessTime().AsTime(), before, time.Now())
			}
		}
		select {
		case <-ctx.Done():
			if err == nil {
				err = errors.New("it did not note a poll")
			}
			return warning("Temporal's clock cannot be read: "+err.Error(), "run hourglass doctor again")
		case <-time.After(noted):
		}
	}
}

// pollsWithin is longer than one poll lasts: a worker that was not seen for so long is gone.
const pollsWithin = 90 * time.Second

func workers(ctx context.Context, temporal client.Client, namespace string, s *store.Store) Finding {
	for _, kind := range []enums.TaskQueueType{enums.TASK_QUEUE_TYPE_WORKFLOW, enums.TASK_QUEUE_TYPE_ACTIVITY} {
		pollers, err := pollersOf(ctx, temporal, namespace, workflows.TaskQueue, kind)
		if err != nil {
			return broken("the workers cannot be listed: "+err.Error(), "run hourglass doctor again")
		}
		polled := false
		for _, p := range pollers {
			polled = polled || time.Since(p.GetLastAccessTime().AsTime()) < pollsWithin
		}
		if polled {
			continue
		}
		const says, remedy = "no worker polls: no grant begins and none ends", "start hourglass worker, and read its log"
		if grants, err := live(ctx, s); err == nil && len(grants) == 0 {
			return warning(says, remedy)
		}
		return broken(says, remedy)
	}
	return well("a worker polls")
}

func pollersOf(ctx context.Context, temporal client.Client, namespace, queue string, kind enums.TaskQueueType) ([]*taskqueue.PollerInfo, error) {
	described, err := temporal.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: namespace, TaskQueue: &taskqueue.TaskQueue{Name: queue}, TaskQueueType: kind,
	})
	return described.GetPollers(), err
}

// CodecKeys tries the codec's keyset on what the workflows of live grants were started with.
func CodecKeys(s *store.Store, temporal client.Client, codec *seal.Codec) Part {
	return Part{"codec keyset", func(ctx context.Context) []Finding {
		grants, err := live(ctx, s)
		if err != nil {
			return []Finding{broken("the live grants cannot be read: "+err.Error(), "mend the database first")}
		}
		read, shut := 0, 0
		for _, grant := range grants {
			events := temporal.GetWorkflowHistory(ctx, workflows.JITAccessID(grant.CustomerID, grant.PersonID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
			first, err := events.Next()
			if err != nil {
				continue // no workflow yet, or no server: other parts say so
			}
			read++
			if _, err := codec.Decode(first.GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads()); err != nil {
				shut++
			}
		}
		if shut > 0 {
			return []Finding{broken(fmt.Sprintf("it does not open the workflows of %d of %d live grants: they cannot go on, nor end", shut, read),
				"bring back the keyset file in which the earlier key stands (HOURGLASS_CODEC_KEYSET_FILE)")}
		}
		return []Finding{well(fmt.Sprintf("opens the workflows of %d live grants", read))}
	}}
}
