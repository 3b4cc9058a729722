package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
)

// JITAccessWorkflow is one grant from the request to the proof that its account is off.
//
// It completes with the final State whatever the outcome: a provisioning that failed has been
// switched off and proven too. It does not complete while anything may be on.
func JITAccessWorkflow(ctx workflow.Context, in Input) (State, error) {
	g := &grant{in: in, state: State{GrantID: in.GrantID, State: access.Requested}}
	if err := g.registerHandlers(ctx); err != nil {
		return State{}, err
	}
	g.describe(ctx)

	// The end is the tail of this function and not a deferred call: a deferred one also runs when the
	// worker evicts the workflow from its cache. live has no way out but to here.
	if touched := g.live(ctx); touched {
		g.end(ctx)
	}
	err := workflow.Await(g.unstoppable(ctx), func() bool { return workflow.AllHandlersFinished(ctx) })
	return g.state, err
}

// grant is the state of one run.
type grant struct {
	in     Input
	state  State
	by     access.PersonID
	sealed SealedCredential

	decided  bool
	approved bool
	// mutating is held by the update that is changing the grant at Microsoft.
	mutating workflow.Mutex
	// interrupts stop what is at work, so that the end need not wait for it.
	interrupts []workflow.CancelFunc
}

// live takes the grant from its request to the moment at which it has to end. It reports false where
// it ended without touching Microsoft, because nobody approved it.
func (g *grant) live(ctx workflow.Context) (touched bool) {
	ctx, interrupt := workflow.WithCancel(ctx)
	g.interrupts = append(g.interrupts, interrupt)

	if g.in.ApprovalRequired && !g.awaitApproval(ctx) {
		return false
	}
	if err := g.provision(ctx); err != nil {
		g.finish(causeOf(err), access.PersonID{}, publicFailure(err))
		return true
	}
	g.sleepUntilEnd(ctx)
	return true
}

func (g *grant) provision(ctx workflow.Context) error {
	if g.ending() {
		return nil
	}
	g.state.State = access.Provisioning
	ref := GrantRef{g.in.GrantID}

	// One step costs Temporal less than two (decision 0041). What an earlier version ran comes back without a credential:
	// then the second step is still to be done, and so it is in the histories of then.
	var rotated Rotated
	err := run(ctx, provisioning("Find or create the account, disabled and without roles; then set a fresh password, enable it, issue the pass"),
		ProvisionAccount, ProvisionInput{GrantID: g.in.GrantID, AndCredential: true}, &rotated)
	if err == nil && rotated.Sealed == "" {
		err = run(ctx, provisioning("Set a fresh password, enable the account, issue the pass"), RotatePassword, ref, &rotated)
	}
	if err != nil {
		return err
	}
	g.keep(rotated)
	var activated Activated
	err = run(ctx, provisioning("Assign exactly the roles of the profile"), AssignRoles, ref, &activated)
	if err != nil {
		return err
	}

	g.state.State = access.Active
	g.state.ActiveAt, g.state.ExpiresAt = &activated.ActiveAt, &activated.ExpiresAt
	g.state.RolesEndAtMicrosoft = activated.RolesEndAtMicrosoft
	g.describe(ctx)
	return nil
}

// sleepUntilEnd returns when the lifetime is over or somebody ended the grant. Temporal's timers are
// relative, so the remaining time is computed anew after every extension.
func (g *grant) sleepUntilEnd(ctx workflow.Context) {
	for !g.ending() {
		until := *g.state.ExpiresAt
		remaining := until.Sub(workflow.Now(ctx))
		if remaining <= 0 {
			g.finish(access.Expired, access.PersonID{}, "")
			return
		}
		options := workflow.AwaitOptions{
			Timeout:      remaining,
			TimerOptions: workflow.TimerOptions{Summary: "Access until " + until.UTC().Format(time.RFC3339)},
		}
		_, err := workflow.AwaitWithOptions(ctx, options, func() bool {
			return g.ending() || !g.state.ExpiresAt.Equal(until)
		})
		if err != nil && !g.ending() {
			g.finish(causeOf(err), access.PersonID{}, publicFailure(err))
		}
	}
}

// end switches the account off. It runs on a context that nothing cancels and has no limit of retries.
func (g *grant) end(ctx workflow.Context) {
	ctx = g.unstoppable(ctx)
	// An update that is still issuing a pass must be through before the account is read back.
	_ = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })

	g.state.State = access.Ending
	g.sealed = ""
	g.describe(ctx)

	in := SwitchOffInput{GrantID: g.in.GrantID, Cause: g.state.Cause, By: g.by, Comment: g.state.Comment}
	var proof access.Proof
	if !g.switchOffNearby(ctx, &in, &proof) {
		insist(ctx, switchingOff(switchOffSummary), SwitchOff, in, &proof)
	}
	g.state.State = access.Ended
	g.state.Proof = &proof
	g.describe(ctx)
}

// finish decides that the grant ends, and why. The first cause stands.
func (g *grant) finish(cause access.Outcome, by access.PersonID, comment string) {
	if g.ending() {
		return
	}
	g.state.Cause, g.state.Comment, g.by = cause, comment, by
	for _, interrupt := range g.interrupts {
		interrupt()
	}
}

func (g *grant) ending() bool { return g.state.Cause != "" }

// keep stores a new credential.
func (g *grant) keep(r Rotated) {
	g.sealed = r.Sealed
	g.state.PassEndsAt = r.PassEndsAt
}

func (g *grant) unstoppable(ctx workflow.Context) workflow.Context {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	return ctx
}

func run(ctx workflow.Context, options workflow.ActivityOptions, name string, in, out any) error {
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), name, in).Get(ctx, out)
}

// causeOf tells an operator's cancellation of the workflow from a failure.
func causeOf(err error) access.Outcome {
	if temporal.IsCanceledError(err) {
		return access.Revoked
	}
	return access.Failed
}

// publicFailure is the type of an activity's failure: a fixed word such as "entra.Forbidden", never a message.
func publicFailure(err error) string {
	var application *temporal.ApplicationError
	switch {
	case errors.As(err, &application):
		return application.Type()
	case temporal.IsCanceledError(err):
		return "cancelled in Temporal"
	case temporal.IsTimeoutError(err):
		return "timed out"
	}
	return "failed"
}
