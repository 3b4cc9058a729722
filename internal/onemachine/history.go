package onemachine

import (
	"context"
	"fmt"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"hourglass/internal/access"
	"hourglass/internal/seal"
	"hourglass/workflows"
)

// History is the newest run of a person's grants at a customer, as Temporal stores it.
func (m *Machine) History(ctx context.Context, customer access.CustomerID, person access.PersonID) (*history.History, error) {
	return m.history(ctx, &common.WorkflowExecution{WorkflowId: workflows.JITAccessID(customer, person)})
}

func (m *Machine) history(ctx context.Context, run *common.WorkflowExecution) (*history.History, error) {
	whole := &history.History{}
	events := m.raw.GetWorkflowHistory(ctx, run.GetWorkflowId(), run.GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", run.GetWorkflowId(), err)
		}
		whole.Events = append(whole.Events, event)
	}
	return whole, nil
}

// searchHistories looks into every workflow that Temporal lists.
func (m *Machine) searchHistories(ctx context.Context, f *Found) error {
	keys, err := seal.LoadKeyset(m.path(codecKeys))
	if err != nil {
		return err
	}
	codec := seal.NewCodec(keys)
	var page []byte
	for {
		list, err := m.raw.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{NextPageToken: page})
		if err != nil {
			return fmt.Errorf("list workflows: %w", err)
		}
		for _, execution := range list.GetExecutions() {
			whole, err := m.history(ctx, execution.GetExecution())
			if err != nil {
				return err
			}
			if err := f.lookInto(ctx, execution.GetExecution().GetWorkflowId(), whole, codec); err != nil {
				return err
			}
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			return nil
		}
	}
}

// lookInto searches a history as it is, and as whoever holds the codec's key reads it.
func (f *Found) lookInto(ctx context.Context, id string, whole *history.History, codec *seal.Codec) error {
	stored, err := proto.Marshal(whole)
	if err != nil {
		return err
	}
	f.look("history of "+id, stored)
	err = proxy.VisitPayloads(ctx, whole, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(visit *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
			if _, header := visit.Parent.(*common.Header); header {
				return payloads, nil // the ids of a trace, in clear
			}
			return codec.Decode(payloads)
		},
	})
	if err != nil {
		return fmt.Errorf("decode the history of %s: %w", id, err)
	}
	decoded, err := proto.Marshal(whole)
	if err != nil {
		return err
	}
	f.look("decoded history of "+id, decoded)
	return nil
}
