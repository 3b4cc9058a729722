package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"hourglass/internal/temporalserver"
	"hourglass/workflows"
)

// departures are the ways of a customer that leaves, of which a history is kept.
var departures = []struct {
	name    string
	left    func(round int) workflows.Left
	failing map[string]int
	act     func(*life)
}{
	{name: "left", left: provesOneARound(3)},
	{name: "left-retried", left: provesOneARound(2), failing: map[string]int{workflows.LeaveCustomer: 1}},
	{name: "left-cancelled-and-woken", left: func(round int) workflows.Left { return workflows.Left{Accounts: 1, Over: round == 3} }, act: func(l *life) {
		require.NoError(l.t, l.client.CancelWorkflow(l.t.Context(), l.id, ""))
		require.NoError(l.t, l.client.SignalWorkflow(l.t.Context(), l.id, "", workflows.SignalAgain, nil))
	}},
}

func TestDeparturesOnARealServer_Recorded(t *testing.T) {
	server := temporalserver.Shared(t)
	for _, way := range departures {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			l := newLife(t, server, way.failing)
			l.stage.left, l.id = way.left, workflows.LeaveID(leaver)
			run, err := l.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
				ID: l.id, TaskQueue: workflows.TaskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			}, workflows.Leave, workflows.LeaveInput{CustomerID: leaver})
			require.NoError(t, err)
			if way.act != nil {
				way.act(l)
			}
			var left workflows.Left
			require.NoError(t, run.Get(t.Context(), &left))
			require.True(t, left.Over)
			history := l.history()
			replay(t, history)
			if *record != "" {
				keep(t, history, *record, way.name)
			}
		})
	}
}
