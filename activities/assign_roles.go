package activities

import (
	"context"
	"sync/atomic"
	"time"

	"hourglass/internal/access"
	"hourglass/workflows"
)

// afterEnd is how much later than the grant Microsoft ends a role by itself: late enough that an end
// in time never finds it gone, soon enough that a dead Hourglass leaves nothing standing.
const afterEnd = 5 * time.Minute

// AssignRoles gives the account exactly the roles of the profile, as schedules that Microsoft ends by
// itself where the tenant can, and starts the clock of the lifetime.
//
// Microsoft calls: 1 per role, at the same time.
func (a *Activities) AssignRoles(ctx context.Context, in workflows.GrantRef) (workflows.Activated, error) {
	defer startPulse(ctx).stop()
	activated, err := a.assignRoles(ctx, in.GrantID)
	return activated, a.provisioningFailure(ctx, err)
}

func (a *Activities) assignRoles(ctx context.Context, id access.GrantID) (activated workflows.Activated, err error) {
	plan, err := a.store.Plan(ctx, id)
	if err != nil {
		return workflows.Activated{}, err
	}
	repeated := plan.Grant.State == access.Active
	if !repeated { // a repeat after Activate was answered to nobody
		if err := access.CheckTransition(plan.Grant.State, access.Active); err != nil {
			return workflows.Activated{}, err
		}
	}
	defer func() { err = a.unlessEnded(ctx, id, err) }()
	tenant := a.entra.Tenant(plan.Customer.TenantID)
	until := a.clock().Add(plan.Grant.Terms.Lifetime.Duration() + afterEnd)

	var unscheduled atomic.Int32
	var assignments []func() error
	for _, role := range plan.Grant.Terms.Roles {
		assignments = append(assignments, func() error {
			scheduled, err := tenant.AssignRole(ctx, plan.Account.ObjectID, role, until)
			if !scheduled {
				unscheduled.Add(1)
			}
			return err
		})
	}
	if err := all(assignments); err != nil {
		return workflows.Activated{}, err
	}
	grant, err := a.store.Activate(ctx, id, a.clock(), unscheduled.Load() == 0)
	if err != nil {
		return workflows.Activated{}, err
	}
	if !repeated {
		asked := grant.RequestedAt
		if grant.ApprovedAt != nil {
			asked = *grant.ApprovedAt
		}
		a.onReady(grant.ActiveAt.Sub(asked))
	}
	return workflows.Activated{
		ActiveAt:            *grant.ActiveAt,
		ExpiresAt:           *grant.ExpiresAt,
		RolesEndAtMicrosoft: grant.Switches.RolesEndAtMicrosoft,
	}, nil
}
