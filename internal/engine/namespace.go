package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"hourglass/workflows"
)

// MissingSearchAttributes are the names of those that the namespace lacks, or knows as another type. They are all of type
// Keyword.
func MissingSearchAttributes(ctx context.Context, temporal client.Client, namespace string) (missing []string, err error) {
	known, err := temporal.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("list search attributes: %w", err)
	}
	for _, key := range workflows.SearchAttributes {
		if known.GetCustomAttributes()[key.GetName()] != key.GetValueType() {
			missing = append(missing, key.GetName())
		}
	}
	return missing, nil
}

// prepareAgain is how often Prepare asks a server that does not show a new namespace yet; its frontends read the
// list of namespaces every few seconds.
const prepareAgain = 500 * time.Millisecond

// Prepare makes the namespace, with its retention, and its search attributes, where they are missing. What is there stays
// as it is. It waits, until ctx ends, for a server that is still starting, and until a workflow can be started there.
func Prepare(ctx context.Context, temporal client.Client, namespace string, retention time.Duration) error {
	for {
		err := prepare(ctx, temporal, namespace, retention)
		if err == nil || !passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %w)", context.Cause(ctx), err)
		case <-time.After(prepareAgain):
		}
	}
}

func prepare(ctx context.Context, temporal client.Client, namespace string, retention time.Duration) error {
	_, err := temporal.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		Description: "Hourglass",
	})
	if _, there := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); err != nil && !there {
		return fmt.Errorf("register namespace %s: %w", namespace, err)
	}
	missing, err := MissingSearchAttributes(ctx, temporal, namespace)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		add := &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: map[string]enums.IndexedValueType{}}
		for _, key := range workflows.SearchAttributes {
			add.SearchAttributes[key.GetName()] = key.GetValueType()
		}
		if _, err := temporal.OperatorService().AddSearchAttributes(ctx, add); err != nil {
			return fmt.Errorf("add search attributes: %w", err)
		}
	}
	return understood(ctx, temporal, namespace)
}

// errNotUnderstood: the frontend goes by a list of namespaces that is older than the search attributes.
var errNotUnderstood = errors.New("the server does not know the search attributes yet")

// understood asks for workflows by the search attributes. Until a frontend can answer that, it refuses to start a workflow that
// has them, although they are listed already.
func understood(ctx context.Context, temporal client.Client, namespace string) error {
	var terms []string
	for _, key := range workflows.SearchAttributes {
		terms = append(terms, key.GetName()+" is not null")
	}
	_, err := temporal.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: namespace, Query: strings.Join(terms, " and "),
	})
	if _, unknown := errors.AsType[*serviceerror.InvalidArgument](err); unknown {
		return fmt.Errorf("%w: %w", errNotUnderstood, err)
	}
	return err
}

// passing tells a server that is starting, or that has not heard of the namespace yet, from one that refuses.
func passing(err error) bool {
	_, starting := errors.AsType[*serviceerror.Unavailable](err)
	_, late := errors.AsType[*serviceerror.DeadlineExceeded](err)
	_, unheard := errors.AsType[*serviceerror.NamespaceNotFound](err)
	_, unknown := errors.AsType[*serviceerror.NotFound](err)
	return starting || late || unheard || unknown || errors.Is(err, errNotUnderstood)
}
