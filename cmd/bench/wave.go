package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/store"
)

// A lifetime is whole seconds and begins when access becomes active, so the ends of a wave lie within a second or
// so around one instant, on both sides. Lateness counts from the instant of each.

// soon is an instant by which n sleepers can be made, judged by a few that are made for that. The very first ones
// do not count: the worker has just been started.
func (s *stage) soon(ctx context.Context, trial func(ctx context.Context, i int) error) (time.Time, error) {
	few := 2 * s.sizes.creators
	if err := atOnce(ctx, few, s.sizes.creators, trial); err != nil {
		return time.Time{}, err
	}
	began := time.Now()
	err := atOnce(ctx, few, s.sizes.creators, func(ctx context.Context, i int) error { return trial(ctx, few+i) })
	each := time.Since(began) / time.Duration(few)
	return time.Now().Add(each*time.Duration(s.sizes.wave)*3/2 + 5*time.Second), err
}

// quietBefore is how long before the instant of a wave everything is in place.
const quietBefore = 2 * time.Second

// grantsEnding lets a wave of grants end and returns how late each was: its first call to Microsoft, the account
// without roles and sessions, and its proof.
func (s *stage) grantsEnding(ctx context.Context, result *section) ([]ending, error) {
	usual := &average{}
	due, err := s.soon(ctx, func(ctx context.Context, i int) error {
		// Other pairs than those of the wave: one person has one live grant at a customer.
		began := time.Now()
		round := 1 + i/len(s.customers)
		g, err := s.technicians[(i+round)%len(s.technicians)].active(ctx, s.customers[i%len(s.customers)], shortest)
		usual.add(g.ActiveAt.Sub(began))
		return err
	})
	if err != nil {
		return nil, err
	}
	grants := make([]api.Grant, s.sizes.wave)
	err = atOnce(ctx, len(grants), s.sizes.creators, func(ctx context.Context, i int) error {
		began := time.Now()
		lifetime := wholeSeconds(time.Until(due) - usual.value())
		var err error
		grants[i], err = s.technicians[i%len(s.technicians)].active(ctx, s.customers[i], lifetime)
		usual.add(grants[i].ActiveAt.Sub(began))
		return err
	})
	if err != nil {
		return nil, err
	}
	s.say("%d grants wait for their end", len(grants))
	pause(ctx, time.Until(due)-quietBefore)
	s.machine.Sim.ResetStats()
	before := s.processor()
	if err := s.awaitNoLiveGrant(ctx); err != nil {
		return nil, err
	}
	used := s.processor().since(before, len(grants))
	first := firstCalls(s)
	ends := make([]ending, len(grants))
	for i, g := range grants {
		ended, err := s.machine.Store.Grant(ctx, g.Id)
		if err != nil {
			return nil, err
		}
		if ended.Outcome != access.Expired {
			return nil, fmt.Errorf("a grant of the wave ended as %s", ended.Outcome)
		}
		call, seen := first[s.customers[i].TenantID.String()]
		if !seen {
			return nil, fmt.Errorf("the wave came before everything was in place: the machine is too slow for %d grants", len(grants))
		}
		due := *ended.ExpiresAt
		ends[i] = ending{due: due, first: call.began.Sub(due), powerless: call.revoked.Sub(due), last: ended.EndedAt.Sub(due)}
	}
	stats := s.machine.Sim.Stats()
	result.detail("%s; no role and no session left %s late at p50, %s at p99; the stand-in's own time %s in %d calls; processor for each end: %s",
		describe("grants", ends), seconds(lateness(ends, powerless, 0.5)), seconds(lateness(ends, powerless, 0.99)),
		seconds(stats.AnswerTime.Seconds()), stats.Calls, used)
	return ends, nil
}

// firstOf are instants of an end at the stand-in: its first call began, and its sessions, which go after the roles, were revoked.
type firstOf struct{ began, revoked time.Time }

// firstCalls are those of each tenant among the remembered calls.
func firstCalls(s *stage) map[string]firstOf {
	first := map[string]firstOf{}
	earliest := func(known *time.Time, at time.Time) {
		if known.IsZero() || at.Before(*known) {
			*known = at
		}
	}
	for _, r := range requestsOfGrants(s.machine.Sim, "") {
		f := first[r.Tenant]
		earliest(&f.began, r.At.Add(-r.Took))
		if r.Template == "/users/{id}/revokeSignInSessions" {
			earliest(&f.revoked, r.At)
		}
		first[r.Tenant] = f
	}
	return first
}

// awaitNoLiveGrant looks into the database, as little as possible.
func (s *stage) awaitNoLiveGrant(ctx context.Context) error {
	live := store.GrantFilter{States: access.LiveStates, Limit: 1}
	for {
		page, _, err := s.machine.Store.Grants(ctx, live)
		if err != nil || len(page) == 0 {
			return err
		}
		pause(ctx, time.Second)
	}
}

// baresEnding does the same with bare workflows.
func (s *stage) baresEnding(ctx context.Context, result *section) ([]ending, error) {
	due, err := s.soon(ctx, func(ctx context.Context, _ int) error {
		_, err := s.peer.start(ctx, bareInput{Lifetime: shortest})
		return err
	})
	if err != nil {
		return nil, err
	}
	runs := make([]client.WorkflowRun, s.sizes.wave)
	err = atOnce(ctx, len(runs), s.sizes.creators, func(ctx context.Context, i int) (err error) {
		runs[i], err = s.peer.start(ctx, bareInput{Until: due})
		return err
	})
	if err != nil {
		return nil, err
	}
	s.say("%d bare workflows wait for their timers", len(runs))
	pause(ctx, time.Until(due)-quietBefore)
	before := s.processor()
	for _, run := range runs {
		if err := run.Get(ctx, nil); err != nil {
			return nil, err
		}
	}
	used := s.processor().since(before, len(runs))
	ends := make([]ending, len(runs))
	for i, run := range runs {
		if ends[i], err = s.bareEnd(ctx, run.GetID()); err != nil {
			return nil, err
		}
	}
	result.detail("%s; processor for each end: %s", describe("bare workflows", ends), used)
	return ends, nil
}

// describe tells how sharp a wave was and how long it took until the last one was over.
func describe(what string, ends []ending) string {
	var dues, overs []time.Duration
	for _, e := range ends {
		dues = append(dues, e.due.Sub(ends[0].due))
		overs = append(overs, e.due.Add(e.last).Sub(ends[0].due))
	}
	from := quantile(dues, 0.01)
	return fmt.Sprintf("%d %s, 98 of 100 due within %s, all over %s after the first was due", len(ends), what,
		seconds((quantile(dues, 0.99) - from).Seconds()), seconds((quantile(overs, 1) - quantile(dues, 0)).Seconds()))
}

// average is a moving one, of the last ten or so.
type average struct {
	mu sync.Mutex
	of time.Duration
}

func (a *average) add(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == 0 {
		a.of = d
	}
	a.of += (d - a.of) / 10
}

func (a *average) value() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of
}
