package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"
)

// The peer: a workflow of the textbook shape, in which every effect is an activity of its own. Its activities do
// nothing, so that what it costs is Temporal's share alone.
const (
	bareQueue    = "bare"
	bareWorkflow = "Bare"
	bareActivity = "Nothing"
	bareReady    = "ready"
	bareState    = "state"
	bareBefore   = 5 // activities before the timer
	bareAfter    = 7 // and after it
)

// bareInput says how long the timer runs. With Until, it is whole seconds such that the timer ends about then.
type bareInput struct {
	Lifetime time.Duration
	Until    time.Time
}

// bare runs five activities, answers the update, sleeps, and runs seven more.
func bare(ctx workflow.Context, in bareInput) error {
	done := 0
	err := workflow.SetQueryHandler(ctx, bareState, func() (int, error) { return done, nil })
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	err = workflow.SetUpdateHandler(ctx, bareReady, func(ctx workflow.Context) (int, error) {
		err := workflow.Await(ctx, func() bool { return done >= bareBefore })
		return done, err
	})
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 2 * time.Minute})
	run := func(times int) error {
		for range times {
			if err := workflow.ExecuteActivity(ctx, bareActivity).Get(ctx, nil); err != nil {
				return err
			}
			done++
		}
		return nil
	}
	if err := run(bareBefore); err != nil {
		return err
	}
	lifetime := in.Lifetime
	if !in.Until.IsZero() {
		lifetime = wholeSeconds(in.Until.Sub(workflow.Now(ctx)))
	}
	if err := workflow.Sleep(ctx, lifetime); err != nil {
		return err
	}
	if err := run(bareAfter); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

func nothing(context.Context) error { return nil }

// wholeSeconds are the nearest to d that a lifetime can have.
func wholeSeconds(d time.Duration) time.Duration { return max(time.Second, d.Round(time.Second)) }
