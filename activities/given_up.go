package activities

import (
	"context"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// takenBackEvery is the pause between two tries to take back what a step gave too late, and takenBackFor how long it tries.
const (
	takenBackEvery = 2 * time.Second
	takenBackFor   = 10 * time.Minute
)

// unlessEnded is for the failure of a step that may have given an account something. Temporal gives a step up whose worker
// stands still or cannot be reached, and the grant's end follows. Where that worker goes on all the same, it may have enabled
// an account, or assigned a role, that is proven off by then: nobody would look at it again. So it switches the account off
// itself. While the grant goes on nothing is taken back, because a repeat of the step, or the end, is still to come.
func (a *Activities) unlessEnded(ctx context.Context, id access.GrantID, failed error) error {
	if failed == nil {
		return nil
	}
	// Temporal may have cancelled the step by now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takenBackFor)
	defer cancel()
	for {
		late, err := a.takeBack(ctx, id)
		if err == nil && late {
			a.log.WarnContext(ctx, "a step that was given up had gone on after the end: the account is off again", "grant", id)
		}
		if err == nil {
			return failed
		}
		a.log.ErrorContext(ctx, "a step that was given up may have gone on after the end", "grant", id, "error", err)
		select {
		case <-ctx.Done():
			return failed
		case <-time.After(takenBackEvery):
		}
	}
}

// takeBack switches the account of a grant off if the grant is ending or has ended. An account that another grant uses by now is
// left to that one's end.
func (a *Activities) takeBack(ctx context.Context, id access.GrantID) (late bool, err error) {
	plan, err := a.store.Plan(ctx, id)
	if err != nil || plan.Grant.State != access.Ending && plan.Grant.State != access.Ended {
		return false, err
	}
	live, _, err := a.store.Grants(ctx, store.GrantFilter{
		PersonID: plan.Grant.PersonID, CustomerID: plan.Grant.CustomerID, States: access.LiveStates, Limit: 1,
	})
	if err != nil || len(live) > 0 && live[0].ID != id {
		return false, err
	}
	tenant := a.entra.Tenant(plan.Customer.TenantID)
	found, err := a.locate(ctx, tenant, plan.Account)
	if err != nil {
		return true, err
	}
	_, err = a.switchOff(ctx, tenant, found, ending{since: a.clock(), show: func(progress) {}})
	return true, err
}
