package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/workflows"
)

// Leave starts the workflow of a customer's departure, or makes the one that runs try again at once.
func (e *Engine) Leave(ctx context.Context, customer access.CustomerID) error {
	options, err := e.leaving(ctx, customer)
	if err != nil {
		return err
	}
	_, err = e.temporal.SignalWithStartWorkflow(ctx, options.ID, workflows.SignalAgain, nil, options, workflows.Leave, workflows.LeaveInput{CustomerID: customer})
	return domainError("leave", err)
}

// KeepLeaving makes sure that the workflow of a customer's departure runs.
func (e *Engine) KeepLeaving(ctx context.Context, customer access.CustomerID) error {
	options, err := e.leaving(ctx, customer)
	if err != nil {
		return err
	}
	_, err = e.temporal.ExecuteWorkflow(ctx, options, workflows.Leave, workflows.LeaveInput{CustomerID: customer})
	return domainError("keep leaving", err)
}

func (e *Engine) leaving(ctx context.Context, customer access.CustomerID) (client.StartWorkflowOptions, error) {
	tenant, err := e.store.TenantOf(ctx, customer)
	return client.StartWorkflowOptions{
		ID:                       workflows.LeaveID(customer),
		TaskQueue:                workflows.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.TenantID.ValueSet(tenant.String())),
		StaticSummary:            "A customer leaves: every account is switched off and proven off",
	}, err
}
