package workflows_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"

	"hourglass/workflows"
)

var quiet = slog.New(slog.DiscardHandler)

// TestEveryRecordedHistoryReplays: grants that an earlier version began must go on under this one.
// Never change a recorded history; a change of the workflow's order of commands needs workflow.GetVersion.
func TestEveryRecordedHistoryReplays(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), len(lives), "the recorded histories are missing")
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			history := &historypb.History{}
			require.NoError(t, protojson.Unmarshal(text, history))
			replay(t, history)
		})
	}
}

func replay(t *testing.T, history *historypb.History) {
	t.Helper()
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(workflows.JITAccessWorkflow, workflow.RegisterOptions{Name: workflows.JITAccess})
	replayer.RegisterWorkflowWithOptions(workflows.DrillWorkflow, workflow.RegisterOptions{Name: workflows.Drill})
	replayer.RegisterWorkflowWithOptions(workflows.LeaveWorkflow, workflow.RegisterOptions{Name: workflows.Leave})
	require.NoError(t, replayer.ReplayWorkflowHistory(log.NewStructuredLogger(quiet), history))
}
