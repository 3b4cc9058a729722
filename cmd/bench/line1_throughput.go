package main

import (
	"context"
	"sync/atomic"
	"time"
)

// throughput is line 1: whole grants per second, in closed loops, beside whole bare workflows.
func throughput(ctx context.Context, s *stage) (section, error) {
	result := section{}
	rate := row{what: "whole grants per second, POST to proof", beside: "bare workflows, start to close", unit: perSecond, target: atLeast(1.8)}
	total := s.sizes.clients * s.sizes.perClient
	var next atomic.Int64
	loops := []struct {
		name string
		into *[]float64
		one  func(ctx context.Context, client int) error
	}{
		{"grants", &rate.ours, func(ctx context.Context, client int) error {
			_, err := s.technicians[client].whole(ctx, s.customers[int(next.Add(1))%min(total, len(s.customers))], benchProfile)
			return err
		}},
		{"bare workflows", &rate.theirs, func(ctx context.Context, _ int) error {
			run, err := s.peer.start(ctx, bareInput{Lifetime: shortest})
			if err != nil {
				return err
			}
			return run.Get(ctx, nil)
		}},
	}
	if err := s.warmUp(ctx, total); err != nil {
		return section{}, err
	}
	for range s.Runs {
		for _, loop := range loops {
			before, began := s.processor(), time.Now()
			err := atOnce(ctx, s.sizes.clients, s.sizes.clients, func(ctx context.Context, client int) error {
				for range s.sizes.perClient {
					if err := loop.one(ctx, client); err != nil {
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
			result.detail("%d %s, %d clients: %s; processor for each: %s", total, loop.name, s.sizes.clients,
				seconds(took.Seconds()), s.processor().since(before, total))
		}
	}
	result.add(rate)
	return result, nil
}

// warmUp makes a grant at each of the customers, so that their tokens, licences and policies are known to the
// worker, as they are on a working day.
func (s *stage) warmUp(ctx context.Context, customers int) error {
	return atOnce(ctx, min(customers, len(s.customers)), s.sizes.clients, func(ctx context.Context, i int) error {
		_, err := s.technicians[i%len(s.technicians)].whole(ctx, s.customers[i], benchProfile)
		return err
	})
}
