package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
)

// credentials is line 5: the time until a technician has the credential, beside a query of a bare workflow.
func credentials(ctx context.Context, s *stage) (section, error) {
	result := section{}
	for _, sticky := range s.Sticky {
		rows := make([]row, len(moments))
		for i, m := range moments {
			rows[i] = row{what: fmt.Sprintf("credential over HTTP, %s, sticky %s", m.name, sticky), beside: "query of a bare workflow", unit: seconds}
		}
		late := row{what: fmt.Sprintf("an end that fell due without a worker, sticky %s", sticky), beside: "bare workflow's first activity", unit: seconds}
		for range s.Runs {
			if err := s.useSticky(ctx, sticky); err != nil {
				return section{}, err
			}
			if err := s.askSleepers(ctx, rows); err != nil {
				return section{}, err
			}
			if err := s.dieBeforeTheEnd(ctx, &late); err != nil {
				return section{}, err
			}
		}
		result.rows = append(result.rows, append(rows, late)...)
	}
	result.detail("the assertion is made beforehand; a reveal commits an audit record, reads the data key and opens the credential besides the query")
	result.detail("evicted: the worker was stopped in order and started again; killed: SIGKILL, started again at once, and asked as soon as it polls")
	result.detail("the product's worker takes over what a killed one had in memory when it begins; the bare one waits for the sticky timeout, as Temporal does by itself")
	result.detail("an end without a worker: killed 1 s before it and started again 1 s after it; from the end to its first call to Microsoft")
	return result, s.useSticky(ctx, 0)
}

// moments are when workflows are asked. Without a restart they are asked again and again; after one, all at the
// same time, so that each answer is the first.
var moments = []struct {
	name       string
	ours, bare func(*stage, context.Context) error
}{
	{name: "cached"},
	{name: "evicted",
		ours: func(s *stage, ctx context.Context) error { return s.machine.Worker.Restart(ctx) },
		bare: func(s *stage, ctx context.Context) error { return s.peer.restart(ctx) }},
	{name: "worker killed", ours: (*stage).killWorker, bare: (*stage).killPeer},
}

// askSleepers makes sleepers anew for every moment: a worker holds on only to those whose tasks it has worked on.
func (s *stage) askSleepers(ctx context.Context, rows []row) error {
	for m, moment := range moments {
		sleepers, err := s.makeSleepers(ctx)
		if err != nil {
			return err
		}
		for _, side := range []struct {
			restart func(*stage, context.Context) error
			ask     func(context.Context, int) error
			into    *[]float64
		}{{moment.ours, sleepers.reveal, &rows[m].ours}, {moment.bare, sleepers.query, &rows[m].theirs}} {
			asked, together := s.sizes.queries, 1
			if side.restart != nil {
				asked, together = s.sizes.grants, s.sizes.grants
				if err := side.restart(s, ctx); err != nil {
					return err
				}
			}
			took := make([]time.Duration, asked)
			err := atOnce(ctx, asked, together, func(ctx context.Context, i int) error {
				began := time.Now()
				err := side.ask(ctx, i%s.sizes.grants)
				took[i] = time.Since(began)
				return err
			})
			if err != nil {
				return err
			}
			*side.into = append(*side.into, medianDuration(took).Seconds())
		}
		if err := sleepers.end(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sleepers are active grants and bare workflows that wait for their timers.
type sleepers struct {
	*stage
	grants []api.Grant
	bares  []client.WorkflowRun
}

// makeSleepers leaves the first technician's session with a fresh assertion.
func (s *stage) makeSleepers(ctx context.Context) (*sleepers, error) {
	made := &sleepers{stage: s}
	for range s.sizes.grants {
		// Tenants in turn: each takes few calls to authentication methods.
		g, err := s.technicians[0].active(ctx, s.customers[s.turn()], long)
		if err != nil {
			return nil, err
		}
		bare, err := s.peer.start(ctx, bareInput{Lifetime: long})
		if err != nil {
			return nil, err
		}
		made.grants, made.bares = append(made.grants, g), append(made.bares, bare)
	}
	return made, s.technicians[0].client.Assert(ctx)
}

// Both ask until there is an answer: nobody waits for a dead worker as long as a long sticky timeout would.

func (s *sleepers) query(ctx context.Context, i int) error {
	for {
		_, err := s.temporal.QueryWorkflow(ctx, s.bares[i].GetID(), "", bareState)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

func (s *sleepers) reveal(ctx context.Context, i int) error {
	for {
		_, err := s.technicians[0].client.Credential(ctx, s.grants[i].Id)
		var problem *onemachine.Problem
		if !errors.As(err, &problem) || problem.Status < http.StatusInternalServerError {
			return err
		}
	}
}

func (s *sleepers) end(ctx context.Context) error {
	for i := range s.grants {
		if err := s.temporal.TerminateWorkflow(ctx, s.bares[i].GetID(), "", "measured"); err != nil {
			return err
		}
		if _, err := s.technicians[0].client.Return(ctx, s.grants[i].Id); err != nil {
			return err
		}
		if _, err := s.technicians[0].client.Await(ctx, s.grants[i].Id, access.Ended); err != nil {
			return err
		}
	}
	return nil
}

// shortLife is long enough to kill a worker a second before its end.
const shortLife = 5 * time.Second

// dieBeforeTheEnd lets an end fall due while its worker is dead, on both sides at the same time.
func (s *stage) dieBeforeTheEnd(ctx context.Context, late *row) error {
	var ours, theirs time.Duration
	sides, ctx := errgroup.WithContext(ctx)
	sides.Go(func() (err error) { ours, err = s.grantDueWithoutWorker(ctx); return err })
	sides.Go(func() (err error) { theirs, err = s.bareDueWithoutWorker(ctx); return err })
	err := sides.Wait()
	late.ours, late.theirs = append(late.ours, ours.Seconds()), append(late.theirs, theirs.Seconds())
	return err
}

func (s *stage) grantDueWithoutWorker(ctx context.Context) (time.Duration, error) {
	customer, t := s.customers[s.turn()], s.technicians[0]
	g, err := t.active(ctx, customer, shortLife)
	if err != nil {
		return 0, err
	}
	s.machine.Sim.ResetStats()
	worker := s.machine.Worker
	if err := absent(ctx, g.ExpiresAt, worker.Kill, worker.Restart); err != nil {
		return 0, err
	}
	if _, err := t.client.Await(ctx, g.Id, access.Ended); err != nil {
		return 0, err
	}
	return firstCalls(s)[customer.TenantID.String()].began.Sub(g.ExpiresAt), nil
}

func (s *stage) bareDueWithoutWorker(ctx context.Context) (time.Duration, error) {
	run, err := s.peer.start(ctx, bareInput{Lifetime: shortLife})
	if err != nil {
		return 0, err
	}
	if err := absent(ctx, time.Now().Add(shortLife), s.peer.kill, s.peer.restart); err != nil {
		return 0, err
	}
	if err := run.Get(ctx, nil); err != nil {
		return 0, err
	}
	end, err := s.bareEnd(ctx, run.GetID())
	return end.first, err
}

// absent kills a worker a second before an instant and starts it again a second after.
func absent(ctx context.Context, due time.Time, kill func() error, restart func(context.Context) error) error {
	pause(ctx, time.Until(due)-time.Second)
	if err := kill(); err != nil {
		return err
	}
	pause(ctx, time.Until(due)+time.Second)
	return restart(ctx)
}
