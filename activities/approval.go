package activities

import (
	"context"

	"hourglass/internal/store"
	"hourglass/workflows"
)

// AwaitApproval records that a request waits for an approver.
func (a *Activities) AwaitApproval(ctx context.Context, in workflows.GrantRef) error {
	return a.provisioningFailure(ctx, a.store.AwaitApproval(ctx, in.GrantID))
}

// RecordDecision records an approver's decision; a denial ends the grant.
func (a *Activities) RecordDecision(ctx context.Context, in workflows.Decision) error {
	_, err := a.store.Decide(ctx, in.GrantID, store.Decision{By: in.By, Approved: in.Approved, Comment: in.Comment})
	return a.provisioningFailure(ctx, err)
}

// Withdraw ends a request that was never approved: nothing was touched, so there is nothing to prove.
func (a *Activities) Withdraw(ctx context.Context, in workflows.WithdrawInput) error {
	return a.provisioningFailure(ctx, a.store.Withdraw(ctx, in.GrantID, store.Actor{PersonID: in.By}, in.Outcome, in.Comment))
}
