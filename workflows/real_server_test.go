package workflows_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"

	"hourglass/internal/access"
	"hourglass/internal/temporalserver"
	"hourglass/workflows"
)

// record keeps the histories of this run in testdata/histories, where replay_test.go finds them from
// then on. Do it for a release: go test ./workflows -run Recorded -record VERSION
var record = flag.String("record", "", "keep the histories of this run under this version")

// A quick lifetime is waited for. A calm one, which an update is sent in, is so too where the update does not end it.
const quickLifetime, calmLifetime = 2 * time.Second, 5 * time.Second

// lives are the ways through a grant that a history is kept of.
var lives = []struct {
	name    string
	failing map[string]int
	approve bool
	act     func(*life)
	cause   access.Outcome
	events  int64 // at most, where there is a budget
}{
	{name: "expired", cause: access.Expired, events: 40},
	{name: "returned", cause: access.Returned, act: func(l *life) { l.update(workflows.UpdateReturn, named()) }},
	{name: "revoked", cause: access.Revoked, act: func(l *life) { l.update(workflows.UpdateRevoke, named()) }},
	{name: "extended", cause: access.Expired, act: func(l *life) {
		l.update(workflows.UpdateExtend, workflows.Extension{Named: named(), Key: "k", ExpiresAt: l.state().ExpiresAt.Add(time.Second)})
	}},
	{name: "reissued", cause: access.Expired, act: func(l *life) {
		l.update(workflows.UpdateReissue, workflows.Reissue{Named: named(), Key: "k"})
	}},
	{name: "provisioning-failed", cause: access.Failed, failing: map[string]int{workflows.AssignRoles: -1}},
	{name: "retried", cause: access.Expired, failing: map[string]int{workflows.ProvisionAccount: 1, workflows.SwitchOff: 2}},
	{name: "cancelled", cause: access.Revoked, act: func(l *life) {
		require.NoError(l.t, l.client.CancelWorkflow(l.t.Context(), l.id, ""))
	}},
	{name: "approved", approve: true, cause: access.Expired, act: func(l *life) {
		l.update(workflows.UpdateDecide, workflows.Decision{Named: named(), Approved: true})
	}},
	{name: "denied", approve: true, cause: access.Denied, act: func(l *life) {
		l.update(workflows.UpdateDecide, workflows.Decision{Named: named()})
	}},
}

// TestLivesOnARealServer takes each way through a grant on a real Temporal server, and replays the history.
func TestLivesOnARealServer_Recorded(t *testing.T) {
	server := temporalserver.Shared(t)
	for _, way := range lives {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			l := newLife(t, server, way.failing)
			if way.act != nil {
				l.stage.lifetime = calmLifetime
			}
			l.start(way.approve)
			if way.act != nil {
				waiting := access.Active
				if way.approve {
					waiting = access.AwaitingApproval
				}
				require.EventuallyWithT(t, func(c *assert.CollectT) { assert.Equal(c, waiting, l.state().State) }, 20*time.Second, 20*time.Millisecond)
				way.act(l)
			}
			final := l.final()
			require.Equal(t, way.cause, final.Cause)

			history := l.history()
			if way.events > 0 {
				require.LessOrEqual(t, int64(len(history.Events)), way.events, "the budget of events, see make bench")
			}
			replay(t, history)
			if *record != "" {
				keep(t, history, *record, way.name)
			}
		})
	}
}

// life is one grant on a real server with activities that only answer.
type life struct {
	t      *testing.T
	client client.Client
	worker worker.Worker
	stage  *stage
	id     string
}

func newLife(t *testing.T, server *temporalserver.Server, failing map[string]int) *life {
	connection, err := client.Dial(client.Options{
		HostPort: server.Address(), Namespace: server.FreshNamespace(t), Identity: "recorder", Logger: log.NewStructuredLogger(quiet),
	})
	require.NoError(t, err)
	t.Cleanup(connection.Close)

	s := &stage{t: t, now: time.Now, lifetime: quickLifetime, failing: map[string]int{}, during: map[string]func(context.Context){}}
	for step, times := range failing {
		s.failing[step] = times
	}
	w := worker.New(connection, workflows.TaskQueue, worker.Options{WorkerStopTimeout: 20 * time.Second})
	w.RegisterWorkflowWithOptions(workflows.JITAccessWorkflow, workflow.RegisterOptions{Name: workflows.JITAccess})
	w.RegisterWorkflowWithOptions(workflows.DrillWorkflow, workflow.RegisterOptions{Name: workflows.Drill})
	w.RegisterWorkflowWithOptions(workflows.LeaveWorkflow, workflow.RegisterOptions{Name: workflows.Leave})
	w.RegisterActivity(&played{s})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return &life{t: t, client: connection, worker: w, stage: s, id: workflows.JITAccessID(access.CustomerID{}, technician)}
}

func (l *life) start(approval bool) {
	longest, err := access.NewLifetime(maximum)
	require.NoError(l.t, err)
	in := workflows.Input{GrantID: grantID, PersonID: technician, Credential: access.PassAndPassword, Maximum: longest, ApprovalRequired: approval}
	options := client.StartWorkflowOptions{
		ID: l.id, TaskQueue: workflows.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.TechnicianID.ValueSet(technician.String())),
	}
	handle, err := l.client.UpdateWithStartWorkflow(l.t.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: l.client.NewWithStartWorkflowOperation(options, workflows.JITAccess, in),
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateName: workflows.UpdateBegin, WaitForStage: client.WorkflowUpdateStageCompleted, Args: []any{named()},
		},
	})
	require.NoError(l.t, err)
	require.NoError(l.t, handle.Get(l.t.Context(), nil))
}

func (l *life) update(name string, argument any) {
	handle, err := l.client.UpdateWorkflow(l.t.Context(), client.UpdateWorkflowOptions{
		WorkflowID: l.id, UpdateName: name, WaitForStage: client.WorkflowUpdateStageCompleted, Args: []any{argument},
	})
	require.NoError(l.t, err)
	require.NoError(l.t, handle.Get(l.t.Context(), nil))
}

func (l *life) state() (state workflows.State) {
	value, err := l.client.QueryWorkflow(l.t.Context(), l.id, "", workflows.QueryState)
	require.NoError(l.t, err)
	require.NoError(l.t, value.Get(&state))
	return state
}

// final waits for the end of the grant.
func (l *life) final() (state workflows.State) {
	require.NoError(l.t, l.client.GetWorkflow(l.t.Context(), l.id, "").Get(l.t.Context(), &state))
	require.Equal(l.t, access.Ended, state.State)
	return state
}

func (l *life) history() *historypb.History {
	history := &historypb.History{}
	events := l.client.GetWorkflowHistory(l.t.Context(), l.id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(l.t, err)
		history.Events = append(history.Events, event)
	}
	return history
}

func keep(t *testing.T, history *historypb.History, version, name string) {
	text, err := protojson.MarshalOptions{Multiline: true}.Marshal(history)
	require.NoError(t, err)
	folder := filepath.Join("testdata", "histories", version)
	require.NoError(t, os.MkdirAll(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".json"), text, 0o644))
	fmt.Println("kept", filepath.Join(folder, name+".json"))
}
