package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// throughput is line 1: whole grants per second, in closed loops, beside whole bare workflows. The target is for a
// crowd that keeps the machine busy: of a few clients' time, most is the second that every grant and every bare
// workflow sleeps, on both sides alike.
func throughput(ctx context.Context, s *stage) (section, error) {
	result := section{}
	if err := s.warmUp(ctx, len(s.roundOfCustomers())); err != nil {
		return section{}, err
	}
	for _, clients := range []int{s.sizes.clients, s.sizes.crowd} {
		rate := row{
			what:   fmt.Sprintf("whole grants per second, POST to proof, %d clients", clients),
			beside: "bare workflows, start to close", unit: perSecond,
		}
		if clients == s.sizes.crowd {
			rate.target = atLeast(1.8)
		}
		for range s.Runs {
			for _, side := range []struct {
				name string
				into *[]float64
				one  func(ctx context.Context, client int, t *timings) error
			}{
				{"grants", &rate.ours, s.wholeGrant},
				{"bare workflows", &rate.theirs, s.wholeBare},
			} {
				perSecond, err := s.loop(ctx, clients, side.name, side.one, &result)
				if err != nil {
					return section{}, err
				}
				*side.into = append(*side.into, perSecond)
			}
		}
		result.add(rate)
	}
	return result, nil
}

// loop has each client do one after the other, and returns how many all of them did in a second.
func (s *stage) loop(ctx context.Context, clients int, name string, one func(context.Context, int, *timings) error, result *section) (perSecond float64, err error) {
	before, began, times := s.processor(), time.Now(), &timings{}
	err = atOnce(ctx, clients, clients, func(ctx context.Context, client int) error {
		for range s.sizes.perClient {
			if err := one(ctx, client, times); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	total, took := clients*s.sizes.perClient, time.Since(began)
	result.detail("%d %s, %d clients: %s; medians: %s; processor for each: %s", total, name, clients,
		seconds(took.Seconds()), times, s.processor().since(before, total))
	return float64(total) / took.Seconds(), nil
}

func (s *stage) wholeGrant(ctx context.Context, client int, t *timings) error {
	began := time.Now()
	technician, customers := s.technicians[client], s.roundOfCustomers()
	g, err := technician.request(ctx, customers[s.turn()%len(customers)], benchProfile, shortest)
	if err != nil {
		return err
	}
	posted := time.Now()
	if g, err = technician.client.Await(ctx, g.Id, access.Ended); err != nil {
		return err
	}
	t.add(posted.Sub(began), g.ActiveAt.Sub(posted), g.EndedAt.Sub(g.ExpiresAt), time.Since(g.EndedAt))
	return nil
}

func (s *stage) wholeBare(ctx context.Context, _ int, t *timings) error {
	began := time.Now()
	run, err := s.peer.start(ctx, bareInput{Lifetime: shortest})
	if err != nil {
		return err
	}
	ready := time.Now()
	if err := run.Get(ctx, nil); err != nil {
		return err
	}
	t.add(0, ready.Sub(began), time.Since(ready)-shortest, 0)
	return nil
}

// roundOfCustomers are so many that by the time that a tenant's turn comes again, its calls of the last grant no longer count.
func (s *stage) roundOfCustomers() []store.Customer {
	return s.customers[:min(3*s.sizes.crowd*s.sizes.perClient, len(s.customers))]
}

// warmUp makes a grant at each of the customers, so that their tokens and licences are known to the worker, as
// they are on a working day.
func (s *stage) warmUp(ctx context.Context, customers int) error {
	return atOnce(ctx, customers, len(s.technicians), func(ctx context.Context, i int) error {
		_, err := s.technicians[i%len(s.technicians)].whole(ctx, s.customers[i], benchProfile)
		return err
	})
}

// timings are how long the parts of each one took.
type timings struct {
	mu    sync.Mutex
	parts [4][]time.Duration
}

var partNames = [4]string{"POST", "until active", "end", "until seen"}

func (t *timings) add(parts ...time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, part := range parts {
		t.parts[i] = append(t.parts[i], part)
	}
}

func (t *timings) String() (text string) {
	for i, part := range t.parts {
		text += fmt.Sprintf("%s %s ", partNames[i], seconds(medianDuration(part).Seconds()))
	}
	return text
}
