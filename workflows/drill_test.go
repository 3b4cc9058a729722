package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"hourglass/internal/access"
	"hourglass/internal/temporalserver"
	"hourglass/workflows"
)

var drillID = access.MustID[access.DrillID]("00000000-0000-4000-8000-000000000006")

func (p *played) ArmCanary(ctx context.Context, _ workflows.DrillInput) error {
	return p.step(ctx, workflows.ArmCanary)
}

func (p *played) SwitchOffCanary(ctx context.Context, in workflows.DrillEnding) error {
	p.s.mu.Lock()
	p.s.drilled = in
	p.s.mu.Unlock()
	return p.step(ctx, workflows.SwitchOffCanary)
}

func (p *played) RemoveCanary(ctx context.Context, _ workflows.DrillInput) error {
	return p.step(ctx, workflows.RemoveCanary)
}

var wholeDrill = []string{workflows.ArmCanary, workflows.SwitchOffCanary, workflows.RemoveCanary}

func (s *stage) playDrill() {
	s.env.ExecuteWorkflow(workflows.DrillWorkflow, workflows.DrillInput{DrillID: drillID})
	require.True(s.t, s.env.IsWorkflowCompleted())
	require.NoError(s.t, s.env.GetWorkflowError())
}

func TestDrill_TheCanaryIsArmedSwitchedOffAndRemoved(t *testing.T) {
	s := newStage(t)
	s.playDrill()
	require.Equal(t, wholeDrill, s.called())
	require.Equal(t, workflows.DrillEnding{DrillID: drillID}, s.drilled)
}

func TestEndBeforeBeginning_ACanaryThatCannotBeArmedIsSwitchedOff(t *testing.T) {
	s := newStage(t)
	s.failing[workflows.ArmCanary] = -1
	s.playDrill()
	require.Equal(t, wholeDrill, s.called())
	require.Equal(t, "entra.forbidden", s.drilled.Failure)
}

func TestEndBeforeBeginning_ArmingACanaryGivesUpInTime(t *testing.T) {
	s := newStage(t)
	began := s.env.Now()
	var off time.Time
	s.failing[workflows.ArmCanary] = 1 << 30
	s.during[workflows.SwitchOffCanary] = func(context.Context) { off = s.now() }
	s.playDrill()
	require.LessOrEqual(t, off.Sub(began), workflows.ProvisioningBudget+time.Second)
	require.NotEmpty(t, s.drilled.Failure)
}

func TestEndBeforeBeginning_ACancelledDrillStillSwitchesItsCanaryOff(t *testing.T) {
	for _, step := range wholeDrill {
		t.Run(step, func(t *testing.T) {
			s := newStage(t)
			s.during[step] = func(context.Context) { s.env.CancelWorkflow() }
			s.failing[workflows.SwitchOffCanary] = 3
			s.playDrill()
			require.Equal(t, workflows.RemoveCanary, s.called()[len(s.called())-1])
			if step == workflows.ArmCanary {
				require.Equal(t, "cancelled in Temporal", s.drilled.Failure)
			}
		})
	}
}

func TestEndBeforeBeginning_ACanaryIsSwitchedOffHoweverOftenItFails(t *testing.T) {
	s := newStage(t)
	s.failing[workflows.SwitchOffCanary] = -1 // as an operator or a defect would make it come back
	s.env.RegisterDelayedCallback(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failing[workflows.SwitchOffCanary] = 40
	}, 10*time.Minute)
	s.playDrill()
	require.Equal(t, workflows.RemoveCanary, s.called()[len(s.called())-1])
}

func TestDrillsOnARealServer_Recorded(t *testing.T) {
	server := temporalserver.Shared(t)
	for _, way := range []struct {
		name    string
		failing map[string]int
		cancel  bool
	}{
		{name: "drilled"},
		{name: "drilled-not-armed", failing: map[string]int{workflows.ArmCanary: -1}},
		{name: "drilled-cancelled-and-retried", failing: map[string]int{workflows.SwitchOffCanary: 1}, cancel: true},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			l := newLife(t, server, way.failing)
			l.id = workflows.DrillID(leaver)
			run, err := l.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
				ID: l.id, TaskQueue: workflows.TaskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			}, workflows.Drill, workflows.DrillInput{DrillID: drillID})
			require.NoError(t, err)
			if way.cancel {
				require.NoError(t, l.client.CancelWorkflow(t.Context(), l.id, ""))
			}
			require.NoError(t, run.Get(t.Context(), nil))
			calls := l.stage.called()
			require.Equal(t, workflows.RemoveCanary, calls[len(calls)-1])
			require.Contains(t, calls, workflows.SwitchOffCanary)
			history := l.history()
			replay(t, history)
			if *record != "" {
				keep(t, history, *record, way.name)
			}
		})
	}
}
