package onemachine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"hourglass/internal/process"
	"hourglass/workflows"
)

// Process is one of the product's processes that run until they are stopped.
type Process struct {
	machine *Machine
	command string
	name    string // of its log
	listen  string // of an API
	ready   func(*Process, context.Context, *process.Child) error

	mu    sync.Mutex
	log   *os.File
	child *process.Child
}

const (
	// startWithin bounds one start: well under a second on an idle machine.
	startWithin = 60 * time.Second
	// stopWithin is longer than what the product allows itself to finish what it is at.
	stopWithin = 30 * time.Second
	lookAgain  = 20 * time.Millisecond
)

// Kill ends the process at once (SIGKILL), as a crash would, and waits until it is gone.
func (p *Process) Kill() error { return p.end((*process.Child).Kill) }

// Stop lets the process finish what it is at. Where it has ended already, Stop does nothing.
func (p *Process) Stop() error {
	return p.end(func(c *process.Child) error { return c.Stop(stopWithin) })
}

func (p *Process) end(how func(*process.Child) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.child == nil {
		return nil
	}
	if err := how(p.child); err != nil {
		return fmt.Errorf("end hourglass %s: %w", p.name, err)
	}
	return nil
}

// Restart starts the process, after stopping it if it runs, and returns once it is ready.
func (p *Process) Restart(ctx context.Context) error {
	if err := p.Stop(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.log == nil {
		var err error
		if p.log, err = p.machine.openLog(p.name); err != nil {
			return err
		}
	}
	cmd := exec.Command(cmp.Or(p.machine.cfg.Earlier, p.machine.cfg.Binary), p.command)
	cmd.Env, cmd.Dir = append(p.machine.environment(), p.machine.temporalEnvironment()...), p.machine.cfg.Dir
	if p.listen != "" {
		cmd.Env = append(cmd.Env, "HOURGLASS_LISTEN="+p.listen) // the last of a name counts
	}
	child, err := process.Start(cmd, p.log)
	if err != nil {
		return fmt.Errorf("start hourglass %s: %w", p.name, err)
	}
	p.child = child
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	if err := p.awaitReady(ctx, child); err != nil {
		return fmt.Errorf("hourglass %s did not get ready: %w; it said: %s", p.name, err, strings.TrimSpace(child.Said()))
	}
	return nil
}

// PID is the process id, for those who measure what the process uses.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.child.PID()
}

// Ended is closed when the process has ended, for whatever reason. A Restart makes a new one.
func (p *Process) Ended() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.child.Ended()
}

func (p *Process) awaitReady(ctx context.Context, child *process.Child) error {
	pause := time.NewTicker(lookAgain)
	defer pause.Stop()
	for {
		err := p.ready(p, ctx, child)
		if err == nil {
			return nil
		}
		select {
		case <-child.Ended():
			return errors.New("it ended")
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %w)", ctx.Err(), err)
		case <-pause.C:
		}
	}
}

func (p *Process) bothReady(ctx context.Context, child *process.Child) error {
	return errors.Join(p.apiReady(ctx, child), p.workerReady(ctx, child))
}

// apiReady asks /readyz.
func (p *Process) apiReady(ctx context.Context, _ *process.Child) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.listen+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("/readyz answers %s", answer.Status)
	}
	return nil
}

func (p *Process) workerReady(ctx context.Context, child *process.Child) error {
	m := p.machine
	return Polls(ctx, m.raw, m.Temporal.Namespace(), workflows.TaskQueue, child.PID())
}

// Polls returns nil once a worker in the process polls the queue for workflows and for activities. Its
// predecessor's polls, which are listed for minutes after its end, do not count.
func Polls(ctx context.Context, temporal client.Client, namespace, name string, pid int) error {
	for _, kind := range []enums.TaskQueueType{enums.TASK_QUEUE_TYPE_WORKFLOW, enums.TASK_QUEUE_TYPE_ACTIVITY} {
		queue, err := temporal.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: namespace, TaskQueue: &taskqueue.TaskQueue{Name: name}, TaskQueueType: kind,
		})
		if err != nil {
			return err
		}
		polls := false
		for _, poller := range queue.GetPollers() {
			polls = polls || strings.HasPrefix(poller.GetIdentity(), strconv.Itoa(pid)+"@")
		}
		if !polls {
			return fmt.Errorf("it does not poll the %s queue yet", kind)
		}
	}
	return nil
}
