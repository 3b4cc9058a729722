package engine

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/grpc"

	"hourglass/internal/temporalserver"
	"hourglass/workflows"
)

func TestAPreparedNamespaceTakesWorkflowsAtOnce(t *testing.T) {
	server := temporalserver.Shared(t)
	name := "prepared-" + uuid.NewString()
	prepared, err := client.Dial(client.Options{HostPort: server.Address(), Namespace: name})
	require.NoError(t, err)
	t.Cleanup(prepared.Close)

	soon, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range 2 { // the second time there is nothing to do
		require.NoError(t, Prepare(soon, prepared, name, 24*time.Hour))
	}
	missing, err := MissingSearchAttributes(t.Context(), prepared, name)
	require.NoError(t, err)
	assert.Empty(t, missing)
	_, err = prepared.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue: "nobody", TypedSearchAttributes: temporal.NewSearchAttributes(workflows.TenantID.ValueSet(uuid.NewString())),
	}, "a workflow")
	assert.NoError(t, err)
}

// A frontend lists new search attributes before it knows them: for seconds it refuses to start what has them.
func TestANamespaceIsPreparedWhenItsSearchAttributesAreKnown(t *testing.T) {
	server := &behind{unknown: 2}
	require.NoError(t, Prepare(t.Context(), server, "hourglass", 24*time.Hour))
	assert.Equal(t, 3, server.counted)
}

// behind is a Temporal whose frontend takes no search attribute in the first queries.
type behind struct {
	client.Client
	unknown, counted int
}

func (b *behind) WorkflowService() workflowservice.WorkflowServiceClient { return frontend{of: b} }
func (*behind) OperatorService() operatorservice.OperatorServiceClient   { return listing{} }

type frontend struct {
	workflowservice.WorkflowServiceClient
	of *behind
}

func (frontend) RegisterNamespace(
	context.Context, *workflowservice.RegisterNamespaceRequest, ...grpc.CallOption,
) (*workflowservice.RegisterNamespaceResponse, error) {
	return nil, serviceerror.NewNamespaceAlreadyExists("it is there")
}

func (f frontend) CountWorkflowExecutions(
	context.Context, *workflowservice.CountWorkflowExecutionsRequest, ...grpc.CallOption,
) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	if f.of.counted++; f.of.counted <= f.of.unknown {
		return nil, serviceerror.NewInvalidArgument("no mapping defined for search attribute")
	}
	return &workflowservice.CountWorkflowExecutionsResponse{}, nil
}

type listing struct {
	operatorservice.OperatorServiceClient
}

func (listing) ListSearchAttributes(
	context.Context, *operatorservice.ListSearchAttributesRequest, ...grpc.CallOption,
) (*operatorservice.ListSearchAttributesResponse, error) {
	all := map[string]enums.IndexedValueType{}
	for _, key := range workflows.SearchAttributes {
		all[key.GetName()] = key.GetValueType()
	}
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: all}, nil
}
