package activities

import (
	"context"

	"go.temporal.io/sdk/activity"
	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// SwitchOff ends a grant: it switches the account off (account_off.go), stores the proof and returns it.
// While anything is still on it fails with what it saw, and is repeated for ever.
func (a *Activities) SwitchOff(ctx context.Context, in workflows.SwitchOffInput) (access.Proof, error) {
	pulse := startPulse(ctx)
	defer pulse.stop()
	a.wave.begins()
	proof, err := a.endGrant(ctx, pulse, in)
	if err != nil {
		pulse.beat(ctx) // what was taken away so far, for the next attempt
	}
	return proof, a.endingFailure(ctx, err, pulse.shown()...)
}

func (a *Activities) endGrant(ctx context.Context, pulse *pulse, in workflows.SwitchOffInput) (access.Proof, error) {
	plan, err := a.store.Plan(ctx, in.GrantID)
	if err != nil || plan.Grant.State == access.Ended {
		return endedProof(plan.Grant), err
	}
	tenant := a.entra.Tenant(plan.Customer.TenantID)

	// Microsoft is asked while the database commits: in a wave of ends the commits queue.
	var grant store.Grant
	var found located
	var first errgroup.Group
	first.Go(func() (err error) {
		grant, err = a.store.BeginEnding(ctx, in.GrantID, store.Ending{
			Cause: in.Cause, By: store.Actor{PersonID: in.By}, Comment: in.Comment,
		})
		return err
	})
	first.Go(func() (err error) {
		found, err = a.locate(ctx, tenant, plan.Account)
		return err
	})
	if err := first.Wait(); err != nil || grant.State == access.Ended {
		return endedProof(grant), err
	}

	end := ending{since: *grant.EndingAt, removed: earlier(ctx, in.Removed), show: pulse.show}
	// Other attempts have too few slots to stand back in.
	if activity.GetInfo(ctx).IsLocalActivity {
		end.powerless = func() { a.wave.yield(ctx, activity.GetWorkerStopChannel(ctx)) }
	}
	proof, err := a.switchOff(ctx, tenant, found, end)
	if err != nil {
		return access.Proof{}, err
	}
	grant, err = a.store.End(ctx, in.GrantID, proof)
	if err != nil {
		return access.Proof{}, err
	}
	due := *grant.EndingAt
	if grant.Outcome == access.Expired && grant.ExpiresAt != nil {
		due = *grant.ExpiresAt
	}
	a.onEnded(grant.Outcome, grant.EndedAt.Sub(due))
	return endedProof(grant), nil
}

// endedProof is the stored proof; a grant that ended without touching Microsoft has none.
func endedProof(g store.Grant) access.Proof {
	if g.Proof == nil {
		return access.Proof{}
	}
	return *g.Proof
}
