package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hourglass/internal/access"
)

// throughput is line 1: whole grants per second, in closed loops, beside whole bare workflows.
func throughput(ctx context.Context, s *stage) (section, error) {
	result := section{}
	rate := row{what: "whole grants per second, POST to proof", beside: "bare workflows, start to close", unit: perSecond, target: atLeast(1.8)}
	total := s.sizes.clients * s.sizes.perClient
	// Three rounds' worth: by the time that a tenant's turn comes again, its calls of the last grant no longer count.
	customers := s.customers[:min(3*total, len(s.customers))]
	var next atomic.Int64
	loops := []struct {
		name string
		into *[]float64
		one  func(ctx context.Context, client int, t *timings) error
	}{
		{"grants", &rate.ours, func(ctx context.Context, client int, t *timings) error {
			began := time.Now()
			technician := s.technicians[client]
			g, err := technician.request(ctx, customers[int(next.Add(1))%len(customers)], benchProfile, shortest)
			if err != nil {
				return err
			}
			posted := time.Now()
			if g, err = technician.client.Await(ctx, g.Id, access.Ended); err != nil {
				return err
			}
			t.add(posted.Sub(began), g.ActiveAt.Sub(posted), g.EndedAt.Sub(g.ExpiresAt), time.Since(g.EndedAt))
			return nil
		}},
		{"bare workflows", &rate.theirs, func(ctx context.Context, _ int, t *timings) error {
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
		}},
	}
	if err := s.warmUp(ctx, len(customers)); err != nil {
		return section{}, err
	}
	for range s.Runs {
		for _, loop := range loops {
			before, began, times := s.processor(), time.Now(), &timings{}
			err := atOnce(ctx, s.sizes.clients, s.sizes.clients, func(ctx context.Context, client int) error {
				for range s.sizes.perClient {
					if err := loop.one(ctx, client, times); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return section{}, err
			}
			took := time.Since(began)
			*loop.into = append(*loop.into, float64(total)/took.Seconds())
			result.detail("%d %s, %d clients: %s; medians: %s; processor for each: %s", total, loop.name, s.sizes.clients,
				seconds(took.Seconds()), times, s.processor().since(before, total))
		}
	}
	result.add(rate)
	return result, nil
}

// warmUp makes a grant at each of the customers, so that their tokens and licences are known to the worker, as
// they are on a working day.
func (s *stage) warmUp(ctx context.Context, customers int) error {
	return atOnce(ctx, customers, s.sizes.clients, func(ctx context.Context, i int) error {
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
