package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retention is how long a closed workflow stays in a namespace made here: the shortest that the server allows.
const retention = 24 * time.Hour

// CreateNamespace makes a namespace with the server's search attributes, and returns once it can be used.
func (s *Server) CreateNamespace(ctx context.Context, name string) error {
	types := map[string]enums.IndexedValueType{}
	for attribute, word := range s.cfg.SearchAttributes {
		kind, err := enums.IndexedValueTypeFromString(word)
		if err != nil {
			return fmt.Errorf("search attribute %s: %w", attribute, err)
		}
		types[attribute] = kind
	}
	_, err := workflowservice.NewWorkflowServiceClient(s.conn).RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	if err != nil {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	operator := operatorservice.NewOperatorServiceClient(s.conn)
	if err := s.poll(ctx, func(ctx context.Context) error { // the operator service learns of a namespace a moment later
		_, err := operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: name, SearchAttributes: types})
		var exists *serviceerror.AlreadyExists // an attempt before this one had succeeded after all
		if errors.As(err, &exists) {
			return nil
		}
		return err
	}); err != nil {
		return fmt.Errorf("create namespace %s: add search attributes: %w", name, err)
	}
	return s.ready(ctx, name)
}

// ready waits until the namespace answers and a query by each search attribute is understood.
func (s *Server) ready(ctx context.Context, namespace string) error {
	frontend := workflowservice.NewWorkflowServiceClient(s.conn)
	return s.poll(ctx, func(ctx context.Context) error {
		if _, err := frontend.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace}); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(s.cfg.SearchAttributes)) {
			_, err := frontend.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
				Namespace: namespace, Query: name + " is not null",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// poll repeats try until it succeeds, ctx ends or the server does.
func (s *Server) poll(ctx context.Context, try func(context.Context) error) error {
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := try(attempt)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-s.child.Ended():
			return errors.New("its process ended")
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %w)", ctx.Err(), err)
		case <-pause.C:
		}
	}
}
