package workflows

import (
	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
)

// awaitApproval reports whether the grant was approved. Where it was not, the grant has ended:
// denied by an approver, withdrawn or revoked by a person, or expired when the window closed.
func (g *grant) awaitApproval(ctx workflow.Context) bool {
	g.state.State = access.AwaitingApproval
	unstoppable := g.unstoppable(ctx)
	if err := run(unstoppable, recording("Wait for an approver"), AwaitApproval, GrantRef{g.in.GrantID}, nil); err != nil {
		// The grant moved on without this run, which therefore has to make sure that nothing is on.
		g.finish(access.Failed, access.PersonID{}, publicFailure(err))
		return true
	}
	g.describe(ctx)

	options := workflow.AwaitOptions{Timeout: ApprovalWindow, TimerOptions: workflow.TimerOptions{Summary: "Waiting for an approver"}}
	inTime, err := workflow.AwaitWithOptions(ctx, options, func() bool { return g.decided || g.ending() })
	switch {
	case g.approved:
		return true
	case g.decided:
		g.finish(access.Denied, g.by, "")
		g.state.State = access.Ended
		return false
	case err != nil && !g.ending():
		g.finish(causeOf(err), access.PersonID{}, publicFailure(err))
	case !inTime && !g.ending():
		g.finish(access.Expired, access.PersonID{}, "nobody approved it in time")
	}
	in := WithdrawInput{
		Named:   Named{GrantID: g.in.GrantID, By: g.by, Comment: g.state.Comment},
		Outcome: withoutAccess(g.state.Cause),
	}
	if err := run(unstoppable, recording("End the request"), Withdraw, in, nil); err != nil {
		return true // as above
	}
	g.state.State = access.Ended
	return false
}

// withoutAccess names the outcome of a request that its own technician took back.
func withoutAccess(cause access.Outcome) access.Outcome {
	if cause == access.Returned {
		return access.Withdrawn
	}
	return cause
}
