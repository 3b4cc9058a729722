package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/workflows"
)

// Drill makes sure that the workflow of a drill runs.
func (e *Engine) Drill(ctx context.Context, customer access.CustomerID, drill access.DrillID) error {
	tenant, err := e.store.TenantOf(ctx, customer)
	if err != nil {
		return err
	}
	options := client.StartWorkflowOptions{
		ID:                       workflows.DrillID(customer),
		TaskQueue:                workflows.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.TenantID.ValueSet(tenant.String())),
		StaticSummary:            "Drill " + drill.String(),
	}
	_, err = e.temporal.ExecuteWorkflow(ctx, options, workflows.Drill, workflows.DrillInput{DrillID: drill})
	return domainError("drill", err)
}
