package main

import (
	"context"
	"fmt"
	"time"

	"hourglass/worker"
)

// waves is line 6: grants that end at the same instant, beside bare workflows whose timers do. The product's own
// sticky timeout is measured in every run and has the targets; any other one is there to be compared with, once.
func waves(ctx context.Context, s *stage) (section, error) {
	result := section{}
	for _, sticky := range s.Sticky {
		runs := 1
		within := func(float64) *target { return nil }
		if sticky == worker.Defaults().StickyScheduleToStartTimeout {
			runs, within = s.Runs, atMost
		}
		figures := []struct {
			row
			of func(ending) time.Duration
			q  float64
		}{
			{row{what: "first effect, late, p50", beside: "first activity", target: within(1)}, firstEffect, 0.5},
			{row{what: "first effect, late, p99", beside: "first activity", target: within(1)}, firstEffect, 0.99},
			{row{what: "proof, late, p50", beside: "close"}, lastWord, 0.5},
			{row{what: "proof, late, p99", beside: "close", target: within(1.0 / 3)}, lastWord, 0.99},
		}
		for range runs {
			if err := s.useSticky(ctx, sticky); err != nil {
				return section{}, err
			}
			ours, err := s.grantsEnding(ctx, &result)
			if err != nil {
				return section{}, err
			}
			theirs, err := s.baresEnding(ctx, &result)
			if err != nil {
				return section{}, err
			}
			for i := range figures {
				f := &figures[i]
				f.ours = append(f.ours, lateness(ours, f.of, f.q))
				f.theirs = append(f.theirs, lateness(theirs, f.of, f.q))
			}
		}
		for _, f := range figures {
			f.unit = seconds
			f.what = fmt.Sprintf("%d ends at once, sticky %s: %s", s.sizes.wave, sticky, f.what)
			result.add(f.row)
		}
	}
	return result, s.useSticky(ctx, 0)
}

func firstEffect(e ending) time.Duration { return e.first }
func powerless(e ending) time.Duration   { return e.powerless }
func lastWord(e ending) time.Duration    { return e.last }

func lateness(ends []ending, of func(ending) time.Duration, q float64) float64 {
	var late []time.Duration
	for _, e := range ends {
		late = append(late, of(e))
	}
	return quantile(late, q).Seconds()
}
