// Package worker binds workflows and activities to Temporal: the queue, its options, and the repair
// of what a crash left between the database and Temporal. It contains no step of a grant.
package worker

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"hourglass/activities"
	"hourglass/internal/engine"
	"hourglass/internal/rounds"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// Worker polls the queue of grants.
type Worker struct {
	temporal worker.Worker
	repairer repairer
	fatal    chan error
	log      *slog.Logger
}

// Options for the queue of grants; see Defaults.
type Options = worker.Options

// Defaults are the options of production. docs/decisions and make bench say what was measured.
func Defaults() Options {
	return Options{
		MaxConcurrentActivityExecutionSize: 64,
		// Ends of lifetimes, each within its workflow task (decision 0043). Queries need workflow tasks beside those.
		MaxConcurrentLocalActivityExecutionSize: activities.MostYielding + 64,
		MaxConcurrentWorkflowTaskExecutionSize:  2 * (activities.MostYielding + 64),
		MaxConcurrentActivityTaskPollers:        8,
		MaxConcurrentWorkflowTaskPollers:        8,
		// Long enough for a wave of ends to be worked off; see reclaim for a worker that was killed, and docs/decisions.
		StickyScheduleToStartTimeout: 20 * time.Second,
		// An activity that is at work when the worker is stopped gets this long to finish.
		WorkerStopTimeout: 20 * time.Second,
		// Names are those of workflows/names.go, never those that a compiler derives.
		DisableRegistrationAliasing: true,
	}
}

func New(temporal client.Client, a *activities.Activities, s *store.Store, e *engine.Engine, log *slog.Logger, options Options) *Worker {
	w := &Worker{fatal: make(chan error, 1), repairer: repairer{store: s, engine: e, log: log, onRound: func(string, error) {}}, log: log}
	options.OnFatalError = func(err error) {
		select {
		case w.fatal <- err:
		default:
		}
	}
	options.Interceptors = append(options.Interceptors, &named{})
	w.temporal = worker.New(temporal, workflows.TaskQueue, options)
	w.temporal.RegisterWorkflowWithOptions(workflows.JITAccessWorkflow, workflow.RegisterOptions{Name: workflows.JITAccess})
	w.temporal.RegisterWorkflowWithOptions(workflows.LeaveWorkflow, workflow.RegisterOptions{Name: workflows.Leave})
	w.temporal.RegisterWorkflowWithOptions(workflows.DrillWorkflow, workflow.RegisterOptions{Name: workflows.Drill})
	Register(w.temporal, a)
	return w
}

// OnRound has every round of the repair told to f: "repair", "leaving", "drills" or "uncovered", and what came of it. Before Run.
func (w *Worker) OnRound(f func(name string, err error)) { w.repairer.onRound = f }

// Register gives every activity its name.
func Register(registry worker.ActivityRegistry, a workflows.Activities) {
	for name, method := range map[string]any{
		workflows.ProvisionAccount: a.ProvisionAccount,
		workflows.RotatePassword:   a.RotatePassword,
		workflows.AssignRoles:      a.AssignRoles,
		workflows.SwitchOff:        a.SwitchOff,
		workflows.ExtendAccess:     a.ExtendAccess,
		workflows.ReissuePass:      a.ReissuePass,
		workflows.AwaitApproval:    a.AwaitApproval,
		workflows.RecordDecision:   a.RecordDecision,
		workflows.Withdraw:         a.Withdraw,
		workflows.LeaveCustomer:    a.LeaveCustomer,
		workflows.ArmCanary:        a.ArmCanary,
		workflows.SwitchOffCanary:  a.SwitchOffCanary,
		workflows.RemoveCanary:     a.RemoveCanary,
	} {
		registry.RegisterActivityWithOptions(method, activity.RegisterOptions{Name: name})
	}
}

// connectEvery is how often a worker that found no Temporal server asks again.
const connectEvery = time.Second

// Run polls until ctx ends or Temporal refuses the worker for good; then it lets running activities finish.
func (w *Worker) Run(ctx context.Context) error {
	for {
		err := w.temporal.Start()
		if err == nil {
			break
		}
		w.log.WarnContext(ctx, "no Temporal server yet", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(connectEvery):
		}
	}
	defer w.temporal.Stop()
	go w.repairer.reclaim(ctx)
	go rounds.Every(ctx, repairEvery, w.repairer.round)
	select {
	case <-ctx.Done():
		return nil
	case err := <-w.fatal:
		return err
	}
}
