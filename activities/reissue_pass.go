package activities

import (
	"context"

	"hourglass/workflows"
)

// ReissuePass gives an active grant a new pass that lasts until its end, for a technician whose pass
// ended or was lost.
func (a *Activities) ReissuePass(ctx context.Context, in workflows.ReissueInput) (workflows.Rotated, error) {
	defer startPulse(ctx).stop()
	rotated, err := a.reissuePass(ctx, in)
	return rotated, a.provisioningFailure(ctx, err)
}

func (a *Activities) reissuePass(ctx context.Context, in workflows.ReissueInput) (rotated workflows.Rotated, err error) {
	plan, err := a.activePlan(ctx, in.GrantID)
	if err != nil {
		return workflows.Rotated{}, err
	}
	defer func() { err = a.unlessEnded(ctx, in.GrantID, err) }()
	tenant := a.entra.Tenant(plan.Customer.TenantID)
	return a.replacePass(ctx, tenant, plan, in.Sealed, in.Key, plan.Grant.ExpiresAt.Sub(a.clock()))
}
