package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
)

// windowOfReports is how long Microsoft counts calls to authentication methods, five to a tenant: a second grant
// within it would be measured waiting.
const windowOfReports = 11 * time.Second

// readiness is line 3: from the request until the technician sees `active`, beside the time in which at least
// one call to Microsoft was being answered.
func readiness(ctx context.Context, s *stage) (section, error) {
	result := section{}
	var rows []row
	latencies := []time.Duration{0, 250 * time.Millisecond}
	kinds := []string{"first", "returning"}
	for _, latency := range latencies {
		for _, kind := range kinds {
			r := row{what: fmt.Sprintf("request to ready, %s grant, %s an answer", kind, latency), beside: "Microsoft's answers on the path", unit: seconds}
			if latency > 0 {
				r.target = atMost(1.15)
			}
			rows = append(rows, r)
		}
	}
	defer s.machine.Sim.SetLatency(0)
	technician := s.technicians[0]
	parts := make([]breakdowns, len(rows))
	for run := range s.Runs {
		customers := make([][]store.Customer, len(latencies))
		for k := range kinds {
			if k > 0 {
				pause(ctx, windowOfReports)
			}
			for l, latency := range latencies {
				if k == 0 {
					var err error
					if customers[l], err = s.fresh(ctx, fmt.Sprintf("Ready%dx%d", run, l)); err != nil {
						return section{}, err
					}
				}
				s.machine.Sim.SetLatency(latency)
				cell := len(kinds)*l + k
				var took, answers []time.Duration
				for _, customer := range customers[l] {
					v, err := s.visit(ctx, technician, customer)
					if err != nil {
						return section{}, err
					}
					took, answers = append(took, v.took), append(answers, v.answers)
					parts[cell] = append(parts[cell], v.parts)
				}
				s.machine.Sim.SetLatency(0)
				rows[cell].ours = append(rows[cell].ours, medianDuration(took).Seconds())
				rows[cell].theirs = append(rows[cell].theirs, medianDuration(answers).Seconds())
			}
		}
	}
	result.rows = rows
	for i, r := range rows {
		result.detail("%s: %s", r.what, parts[i])
	}
	return result, nil
}

// fresh adds customers whose tenants the product has never called.
func (s *stage) fresh(ctx context.Context, prefix string) (customers []store.Customer, err error) {
	for i := range s.sizes.grants {
		customer, err := s.machine.AddCustomer(ctx, fmt.Sprintf("%sx%d", prefix, i), benchTenant)
		if err != nil {
			return nil, err
		}
		customers = append(customers, customer)
	}
	return customers, nil
}

// visit is one grant, timed.
type visit struct {
	took, answers time.Duration
	parts         breakdown
}

func (s *stage) visit(ctx context.Context, t *technician, at store.Customer) (visit, error) {
	s.machine.Sim.ResetStats()
	began := time.Now()
	g, err := t.request(ctx, at, benchProfile, shortest)
	if err != nil {
		return visit{}, err
	}
	posted := time.Now()
	if g, err = t.client.Await(ctx, g.Id, access.Active); err != nil {
		return visit{}, err
	}
	ready := time.Now()
	answers := answersBetween(s.machine.Sim, at.TenantID.String(), began, ready)
	if _, err := t.client.Await(ctx, g.Id, access.Ended); err != nil {
		return visit{}, err
	}
	whole, err := s.machine.History(ctx, at.ID, t.id)
	if err != nil {
		return visit{}, err
	}
	v := visit{took: ready.Sub(began), answers: covered(answers)}
	v.parts = breakdown{"POST": posted.Sub(began), "seen after activation": ready.Sub(g.ActiveAt)}
	v.parts.activities(whole, ready)
	return v, nil
}

// answersBetween are the times in which the stand-in was answering a tenant's calls.
func answersBetween(sim *entrasim.Sim, tenant string, from, to time.Time) (spans []span) {
	for _, r := range requestsOfGrants(sim, tenant) {
		if at := (span{r.At.Add(-r.Took), r.At}); at.from.After(from) && at.to.Before(to) {
			spans = append(spans, at)
		}
	}
	return spans
}

// breakdown is where the time of one grant went. Its parts overlap a little: they are seen by different clocks.
type breakdown map[string]time.Duration

// activities adds, for those that were started before ready, how long they waited and how long they worked.
func (b breakdown) activities(whole *history.History, ready time.Time) {
	scheduled := map[int64]time.Time{}
	started := map[int64]time.Time{}
	for _, e := range whole.GetEvents() {
		at := e.GetEventTime().AsTime()
		switch e.GetEventType() {
		case enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			scheduled[e.GetEventId()] = at
		case enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			started[e.GetEventId()] = at
		case enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
			done := e.GetActivityTaskCompletedEventAttributes()
			began := started[done.GetStartedEventId()]
			if began.Before(ready) {
				b["activities wait"] += began.Sub(scheduled[done.GetScheduledEventId()])
				b["activities work"] += at.Sub(began)
			}
		}
	}
}

// breakdowns prints as the median of each part.
type breakdowns []breakdown

func (all breakdowns) String() string {
	text := "medians:"
	for _, part := range []string{"POST", "activities wait", "activities work", "seen after activation"} {
		var values []time.Duration
		for _, b := range all {
			values = append(values, b[part])
		}
		text += fmt.Sprintf(" %s %s;", part, seconds(medianDuration(values).Seconds()))
	}
	return text
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
