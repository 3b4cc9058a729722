package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

const (
	// ApprovalWindow is how long a request waits for an approver.
	ApprovalWindow = 24 * time.Hour
	// ProvisioningBudget is how long each provisioning step may take, its retries included.
	ProvisioningBudget = 4 * time.Minute
	// Waiting is the longest time between a request and the start of its lifetime.
	Waiting = ApprovalWindow + 3*ProvisioningBudget
)

// Microsoft answers within a second as a rule; one attempt makes several calls of at most 30 s each,
// and heartbeats meanwhile (activities/pulse.go), so that a dead worker is noticed long before the
// attempt runs out. The end notices it sooner: a second SwitchOff beside one that was only slow does no
// harm, whereas two attempts to set a password could leave another one than the technician is shown.
const (
	attempt               = 2 * time.Minute
	provisioningHeartbeat = 10 * time.Second
	endHeartbeat          = 5 * time.Second
	// nearbyAttempt is for SwitchOff within a workflow task, which has ten seconds and is kept alive from eight on.
	nearbyAttempt = 7 * time.Second
	// leaveRound is for a round over many accounts (activities/leave_customer.go), a few at a time.
	leaveRound = 15 * time.Minute
)

// provisioning steps give up after ProvisioningBudget: the technician is waiting, and the end follows.
// WaitForCancellation: a step that is still at work must not enable an account behind the back of SwitchOff.
func provisioning(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		Summary:                summary,
		ScheduleToCloseTimeout: ProvisioningBudget,
		StartToCloseTimeout:    attempt,
		HeartbeatTimeout:       provisioningHeartbeat,
		WaitForCancellation:    true,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    500 * time.Millisecond,
			BackoffCoefficient: 1.7,
			MaximumInterval:    10 * time.Second,
		},
	}
}

// switchingOff never gives up and goes before everything else.
func switchingOff(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		Summary:             summary,
		StartToCloseTimeout: attempt,
		HeartbeatTimeout:    endHeartbeat,
		Priority:            temporal.Priority{PriorityKey: 1},
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    30 * time.Second,
		},
	}
}

// nearby is one attempt in the worker that has the workflow task, without a way through Temporal.
func nearby(summary string) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		Summary:                summary,
		ScheduleToCloseTimeout: nearbyAttempt,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
	}
}

// leaving rounds never give up. They take longer than an attempt at one account, and go behind the ends of grants.
func leaving(summary string) workflow.ActivityOptions {
	options := switchingOff(summary)
	options.StartToCloseTimeout = leaveRound
	options.Priority = temporal.Priority{}
	return options
}

// recording steps write to the database alone, and go on until it answers.
func recording(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		Summary:             summary,
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    200 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    10 * time.Second,
		},
	}
}
