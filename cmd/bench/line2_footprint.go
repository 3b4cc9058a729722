package main

import (
	"context"

	"hourglass/workflows"
)

// footprint is line 2: what one grant leaves in Temporal, beside one bare workflow. The budget is the design's.
func footprint(ctx context.Context, s *stage) (section, error) {
	events := row{what: "events of a grant", beside: "bare workflow", unit: count, target: atMostOurs(40)}
	transitions := row{what: "state transitions of a grant", beside: "bare workflow", unit: count}
	bytes := row{what: "bytes of history of a grant", beside: "bare workflow", unit: count}
	describe := func(id string, into func(*row) *[]float64) error {
		described, err := s.temporal.DescribeWorkflowExecution(ctx, id, "")
		if err != nil {
			return err
		}
		info := described.GetWorkflowExecutionInfo()
		for r, value := range map[*row]int64{
			&events: info.GetHistoryLength(), &transitions: info.GetStateTransitionCount(), &bytes: info.GetHistorySizeBytes(),
		} {
			*into(r) = append(*into(r), float64(value))
		}
		return nil
	}
	technician := s.technicians[0]
	for range s.Runs {
		customer := s.customers[s.turn()]
		if _, err := technician.whole(ctx, customer, benchProfile); err != nil {
			return section{}, err
		}
		// The proof is seen a moment before the workflow closes.
		id := workflows.JITAccessID(customer.ID, technician.id)
		if err := s.temporal.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
			return section{}, err
		}
		if err := describe(id, func(r *row) *[]float64 { return &r.ours }); err != nil {
			return section{}, err
		}
		run, err := s.peer.start(ctx, bareInput{Lifetime: shortest})
		if err != nil {
			return section{}, err
		}
		if err := run.Get(ctx, nil); err != nil {
			return section{}, err
		}
		if err := describe(run.GetID(), func(r *row) *[]float64 { return &r.theirs }); err != nil {
			return section{}, err
		}
	}
	result := section{rows: []row{events, transitions, bytes}}
	result.detail("the grant's payloads are sealed, the bare workflow's are not; the bare one has no search attributes")
	return result, nil
}
