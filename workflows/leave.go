package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
)

// LeaveInput starts LeaveWorkflow and each of its rounds.
type LeaveInput struct{ CustomerID access.CustomerID }

// Left is how far a customer that leaves has come.
type Left struct {
	// Over: no departure of the customer is under way any more.
	Over bool
	// Off of Accounts are proven off.
	Off, Accounts int
}

const (
	// A round that took nothing further is followed by a longer pause; leaveRounds bounds the history of one run.
	leaveSoonest = time.Second
	leaveLatest  = time.Minute
	leaveRounds  = 100
)

// LeaveWorkflow switches off every account that was made at a customer, round after round, and ends when the customer's
// departure is over: every account proven off, or given up by somebody. What is to be done, and what was done, is in the
// database; the workflow only goes on (end-before-beginning), and nothing cancels it.
func LeaveWorkflow(ctx workflow.Context, in LeaveInput) (Left, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	again := workflow.GetSignalChannel(ctx, SignalAgain)
	var left Left
	pause := leaveSoonest
	for range leaveRounds {
		before := left.Off
		insist(ctx, leaving("Switch off the accounts that are not proven off"), LeaveCustomer, in, &left)
		workflow.SetCurrentDetails(ctx, fmt.Sprintf("**Leaving**: %d of %d accounts are proven off", left.Off, left.Accounts))
		if left.Over {
			return left, nil
		}
		if pause *= 2; left.Off > before {
			pause = leaveSoonest
		}
		pause = min(pause, leaveLatest)
		if rest(ctx, pause, again) {
			pause = leaveSoonest
		}
	}
	return left, workflow.NewContinueAsNewError(ctx, Leave, in)
}

// rest waits, and reports whether it was woken.
func rest(ctx workflow.Context, pause time.Duration, wake workflow.ReceiveChannel) (woken bool) {
	timed, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(timed, pause, workflow.TimerOptions{Summary: "Until the next round"})
	workflow.NewSelector(ctx).
		AddFuture(timer, func(workflow.Future) {}).
		AddReceive(wake, func(c workflow.ReceiveChannel, _ bool) { woken = c.ReceiveAsync(nil) }).
		Select(ctx)
	return woken
}

// insist runs an activity whose policy retries for ever, so that only an operator or a defect makes it come back with
// an error. Neither may leave an account on: it goes on. ctx must be one that nothing cancels.
func insist(ctx workflow.Context, options workflow.ActivityOptions, activity string, in, out any) {
	for {
		err := run(ctx, options, activity, in, out)
		if err == nil {
			return
		}
		workflow.GetLogger(ctx).Error(activity+" came back without what it is for", "error", err)
		_ = workflow.Sleep(ctx, time.Minute)
	}
}
