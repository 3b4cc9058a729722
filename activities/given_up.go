package activities

import (
	"context"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// takenBackEvery is the pause between two tries to take back what a step gave too late, and takenBackFor how long it tries.
const (
	takenBackEvery = 2 * time.Second
	takenBackFor   = 10 * time.Minute
)

// takenBack is for the failure of a step that may have given an account something. Temporal gives a step up whose worker
// stands still or cannot be reached, and the end follows. Where that worker goes on all the same, it may have enabled an
// account, or assigned a role, that is proven off by then: nobody would look at it again. So it switches the account off
// itself, as the owner of the account says; late is false where the end is still to come, or a repeat of the step.
func (a *Activities) takenBack(ctx context.Context, failed error, owner func(context.Context) (late bool, tenant *entra.Tenant, known store.Account, err error)) error {
	if failed == nil {
		return nil
	}
	// Temporal may have cancelled the step by now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takenBackFor)
	defer cancel()
	for {
		late, tenant, known, err := owner(ctx)
		if err == nil && late {
			err = a.offAgain(ctx, tenant, known)
		}
		if err == nil {
			return failed
		}
		a.log.ErrorContext(ctx, "a step that was given up may have gone on after the end", "account", known.ID, "error", err)
		select {
		case <-ctx.Done():
			return failed
		case <-time.After(takenBackEvery):
		}
	}
}

func (a *Activities) offAgain(ctx context.Context, tenant *entra.Tenant, known store.Account) error {
	found, err := a.locate(ctx, tenant, known)
	if err != nil {
		return err
	}
	if _, err := a.switchOff(ctx, tenant, found, ending{since: a.clock(), show: func(workflows.Progress) {}}); err != nil {
		return err
	}
	a.log.WarnContext(ctx, "a step that was given up had gone on after the end: the account is off again", "account", known.ID)
	return nil
}

// unlessEnded is takenBack for the steps of a grant. An account that another grant uses by now is left to that one's end.
func (a *Activities) unlessEnded(ctx context.Context, id access.GrantID, failed error) error {
	return a.takenBack(ctx, failed, func(ctx context.Context) (late bool, tenant *entra.Tenant, known store.Account, err error) {
		plan, err := a.store.Plan(ctx, id)
		if err != nil || plan.Grant.State != access.Ending && plan.Grant.State != access.Ended {
			return false, nil, plan.Account, err
		}
		live, _, err := a.store.Grants(ctx, store.GrantFilter{
			PersonID: plan.Grant.PersonID, CustomerID: plan.Grant.CustomerID, States: access.LiveStates, Limit: 1,
		})
		late = len(live) == 0 || live[0].ID == id
		return late, a.entra.Tenant(plan.Customer.TenantID), plan.Account, err
	})
}

// unlessDrilled is takenBack for a drill. A canary that was deleted is gone, and one that is drilled again is left to that end.
func (a *Activities) unlessDrilled(ctx context.Context, id access.DrillID, failed error) error {
	return a.takenBack(ctx, failed, func(ctx context.Context) (late bool, tenant *entra.Tenant, known store.Account, err error) {
		plan, err := a.store.DrillPlan(ctx, id)
		if err != nil || plan.Drill.EndingAt == nil || plan.Drill.Deletion == access.AccountDeleted {
			return false, nil, plan.Drill.Canary, err
		}
		newest, err := a.store.Drills(ctx, plan.Drill.CustomerID, 1)
		late = len(newest) == 0 || newest[0].ID == id || newest[0].EndedAt != nil
		return late, a.entra.Tenant(plan.Customer.TenantID), plan.Drill.Canary, err
	})
}
