package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// Engine is safe for concurrent use.
type Engine struct {
	temporal  client.Client
	namespace string
	store     *store.Store
}

// New uses a client and its namespace, see Connect.
func New(temporal client.Client, namespace string, store *store.Store) *Engine {
	return &Engine{temporal, namespace, store}
}

// Begin starts the grant's workflow, or finds it running, and returns when its clean-up is registered
// (end-before-beginning). After an error nobody knows whether it was started; Repair may be called.
func (e *Engine) Begin(ctx context.Context, grant store.Grant) error {
	options, input, err := e.start(ctx, grant)
	if err != nil {
		return err
	}
	for {
		handle, err := e.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: e.temporal.NewWithStartWorkflowOperation(options, workflows.JITAccess, input),
			UpdateOptions: client.UpdateWorkflowOptions{
				UpdateName:   workflows.UpdateBegin,
				UpdateID:     workflows.UpdateBegin + "/" + grant.ID.String(),
				WaitForStage: client.WorkflowUpdateStageCompleted,
				Args:         []any{workflows.Named{GrantID: grant.ID, By: grant.PersonID}},
			},
		})
		if err == nil {
			err = handle.Get(ctx, nil)
		}
		if !isRefusal(err, workflows.RefusedOtherGrant) {
			return domainError("begin", err)
		}
		// The run of the previous grant has its proof and is about to close. Wait for that, and start anew. However it closes, it
		// has closed; any other error leaves that open.
		err = e.temporal.GetWorkflow(ctx, options.ID, "").Get(ctx, nil)
		if _, closed := errors.AsType[*temporal.WorkflowExecutionError](err); err != nil && !closed {
			return fmt.Errorf("waiting for the previous grant to close: %w", err)
		}
	}
}

// Repair makes sure that a workflow runs for a live grant: one whose start was never sent, or whose
// run an operator terminated. A new run of a grant that had become active ends it at once.
func (e *Engine) Repair(ctx context.Context, grant store.Grant) error {
	options, input, err := e.start(ctx, grant)
	if err != nil {
		return err
	}
	_, err = e.temporal.ExecuteWorkflow(ctx, options, workflows.JITAccess, input)
	return domainError("repair", err)
}

func (e *Engine) start(ctx context.Context, grant store.Grant) (client.StartWorkflowOptions, workflows.Input, error) {
	tenant, err := e.store.TenantOf(ctx, grant.CustomerID)
	if err != nil {
		return client.StartWorkflowOptions{}, workflows.Input{}, err
	}
	input := workflows.Input{
		GrantID:          grant.ID,
		PersonID:         grant.PersonID,
		CustomerID:       grant.CustomerID,
		TenantID:         tenant,
		Credential:       grant.Terms.Credential,
		Maximum:          grant.Terms.Maximum,
		ApprovalRequired: grant.Terms.ApprovalRequired,
	}
	options := client.StartWorkflowOptions{
		ID:                       workflows.JITAccessID(grant.CustomerID, grant.PersonID),
		TaskQueue:                workflows.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.TenantID.ValueSet(tenant.String()),
			workflows.TechnicianID.ValueSet(grant.PersonID.String()),
		),
		// A summary is limited to 400 bytes after sealing, so names stand in the details.
		StaticSummary: "Grant " + grant.ID.String(),
		StaticDetails: fmt.Sprintf("**%s** at **%s** for %s", grant.Terms.ProfileName, grant.CustomerName, grant.Terms.Lifetime),
	}
	return options, input, nil
}

// Return ends the grant early, as its technician asks.
func (e *Engine) Return(ctx context.Context, id access.GrantID, by access.PersonID) error {
	return e.update(ctx, id, workflows.UpdateReturn, "", workflows.Named{GrantID: id, By: by})
}

// Revoke ends the grant against its technician.
func (e *Engine) Revoke(ctx context.Context, id access.GrantID, by access.PersonID, comment string) error {
	return e.update(ctx, id, workflows.UpdateRevoke, "", workflows.Named{GrantID: id, By: by, Comment: comment})
}

// Extend moves the end of an active grant. It returns when Microsoft and the database agree.
func (e *Engine) Extend(ctx context.Context, id access.GrantID, requestKey string, by access.PersonID, end time.Time) error {
	return e.update(ctx, id, workflows.UpdateExtend, requestKey, workflows.Extension{
		Named: workflows.Named{GrantID: id, By: by}, Key: requestKey, ExpiresAt: end,
	})
}

// Reissue gives an active grant a new pass.
func (e *Engine) Reissue(ctx context.Context, id access.GrantID, requestKey string, by access.PersonID) error {
	return e.update(ctx, id, workflows.UpdateReissue, requestKey, workflows.Reissue{
		Named: workflows.Named{GrantID: id, By: by}, Key: requestKey,
	})
}

// Decide brings an approver's decision.
func (e *Engine) Decide(ctx context.Context, id access.GrantID, by access.PersonID, approved bool, comment string) error {
	return e.update(ctx, id, workflows.UpdateDecide, "", workflows.Decision{
		Named: workflows.Named{GrantID: id, By: by, Comment: comment}, Approved: approved,
	})
}

// update sends one update and waits for its outcome. The same key again gives the same outcome;
// without a key, each call is an update of its own.
func (e *Engine) update(ctx context.Context, id access.GrantID, name, key string, argument any) error {
	grant, err := e.store.Grant(ctx, id)
	if err != nil {
		return err
	}
	options := client.UpdateWorkflowOptions{
		WorkflowID:   workflows.JITAccessID(grant.CustomerID, grant.PersonID),
		UpdateName:   name,
		WaitForStage: client.WorkflowUpdateStageCompleted,
		Args:         []any{argument},
	}
	if key != "" {
		options.UpdateID = name + "/" + id.String() + "/" + key
	}
	handle, err := e.temporal.UpdateWorkflow(ctx, options)
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	return domainError(name, err)
}

// Credential asks the grant's workflow for the sealed credential.
func (e *Engine) Credential(ctx context.Context, grant store.Grant) (seal.Sealed, error) {
	id := workflows.JITAccessID(grant.CustomerID, grant.PersonID)
	value, err := e.temporal.QueryWorkflow(ctx, id, "", workflows.QueryCredential)
	if err != nil {
		return seal.Sealed{}, domainError("credential", err)
	}
	var text workflows.SealedCredential
	if err := value.Get(&text); err != nil {
		return seal.Sealed{}, fmt.Errorf("reading the sealed credential: %w", err)
	}
	var sealed seal.Sealed
	err = sealed.UnmarshalText([]byte(text))
	return sealed, err
}
