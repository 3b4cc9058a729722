package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
)

// ending is how late an end was: its first effect, the account without power (a grant's alone), and its last word, from
// the instant at which it fell due.
type ending struct {
	due                    time.Time
	first, powerless, last time.Duration
}

// bareEnd reads a bare workflow's history: its timer, the first activity after it, and the close.
func (s *stage) bareEnd(ctx context.Context, id string) (e ending, err error) {
	started := 0
	events := s.temporal.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return ending{}, fmt.Errorf("history of a bare workflow: %w", err)
		}
		at := event.GetEventTime().AsTime()
		switch event.GetEventType() {
		case enums.EVENT_TYPE_TIMER_STARTED:
			e.due = at.Add(event.GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration())
		case enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			if started++; started == bareBefore+1 {
				e.first = at.Sub(e.due)
			}
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
			e.last = at.Sub(e.due)
		}
	}
	return e, nil
}
