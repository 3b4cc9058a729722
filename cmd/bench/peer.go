package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"hourglass/internal/onemachine"
	"hourglass/internal/process"
	"hourglass/worker"
)

// peerCommand is the child process: a worker of the bare workflow, with the options of production.
type peerCommand struct {
	Address   string        `required:""`
	Namespace string        `required:""`
	Sticky    time.Duration `help:"0 keeps that of production."`
}

func (c peerCommand) Run(ctx context.Context) error {
	temporal, err := client.Dial(client.Options{
		HostPort: c.Address, Namespace: c.Namespace, Logger: log.NewStructuredLogger(slog.New(slog.NewJSONHandler(os.Stderr, nil))),
		ConnectionOptions: uncompressed,
	})
	if err != nil {
		return err
	}
	defer temporal.Close()
	options := worker.Defaults()
	if c.Sticky > 0 {
		options.StickyScheduleToStartTimeout = c.Sticky
	}
	w := sdkworker.New(temporal, bareQueue, options)
	w.RegisterWorkflowWithOptions(bare, workflow.RegisterOptions{Name: bareWorkflow})
	w.RegisterActivityWithOptions(nothing, activity.RegisterOptions{Name: bareActivity})
	if err := w.Start(); err != nil {
		return err
	}
	<-ctx.Done()
	w.Stop()
	return nil
}

// uncompressed is how the product speaks to Temporal. Its peer does the same: that is about the connection, and not
// about the shape of a workflow.
var uncompressed = client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}}

// peer is that process as the bench sees it.
type peer struct {
	temporal  client.Client
	address   string
	namespace string
	sticky    time.Duration
	log       io.Writer
	child     *process.Child
}

const (
	peerStartsWithin = 30 * time.Second
	peerStopsWithin  = 30 * time.Second
)

// restart stops the worker in order if it runs, and returns when a new one polls.
func (p *peer) restart(ctx context.Context) error {
	if err := p.stop(); err != nil {
		return err
	}
	own, err := os.Executable()
	if err != nil {
		return err
	}
	p.child, err = process.Start(exec.Command(own, "peer",
		"--address", p.address, "--namespace", p.namespace, "--sticky", p.sticky.String()), p.log)
	if err != nil {
		return fmt.Errorf("start the bare worker: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, peerStartsWithin)
	defer cancel()
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for {
		err := onemachine.Polls(ctx, p.temporal, p.namespace, bareQueue, p.child.PID())
		if err == nil {
			return nil
		}
		select {
		case <-p.child.Ended():
			return fmt.Errorf("the bare worker ended: %s", p.child.Said())
		case <-ctx.Done():
			return fmt.Errorf("the bare worker did not get ready: %w; it said: %s", err, p.child.Said())
		case <-pause.C:
		}
	}
}

func (p *peer) stop() error {
	if p.child == nil {
		return nil
	}
	return p.child.Stop(peerStopsWithin)
}

func (p *peer) kill() error { return p.child.Kill() }

// start starts a bare workflow by update-with-start and returns when its fifth activity is done.
func (p *peer) start(ctx context.Context, in bareInput) (client.WorkflowRun, error) {
	operation := p.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: "bare/" + uuid.NewString(), TaskQueue: bareQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
	}, bareWorkflow, in)
	update, err := p.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: operation,
		UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: bareReady, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	if err != nil {
		return nil, fmt.Errorf("start a bare workflow: %w", err)
	}
	if err := update.Get(ctx, nil); err != nil {
		return nil, fmt.Errorf("bare workflow: %w", err)
	}
	return operation.Get(ctx)
}
