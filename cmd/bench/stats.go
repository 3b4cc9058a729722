package main

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// quantile is the value below which the share q of the values lies (nearest rank); zero for none.
func quantile[T cmp.Ordered](values []T, q float64) (at T) {
	if len(values) == 0 {
		return at
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(rank, 0), len(sorted)-1)]
}

// median of an even number of values is the mean of the two in the middle.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

func medianDuration(values []time.Duration) time.Duration {
	return time.Duration(median(inSeconds(values)) * float64(time.Second))
}

func inSeconds(values []time.Duration) []float64 {
	seconds := make([]float64, len(values))
	for i, v := range values {
		seconds[i] = v.Seconds()
	}
	return seconds
}

// span is a stretch of time.
type span struct{ from, to time.Time }

// covered is how much time the spans cover; what overlaps counts once.
func covered(spans []span) (total time.Duration) {
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var until time.Time
	for _, s := range spans {
		if s.from.Before(until) {
			s.from = until
		}
		if s.to.After(s.from) {
			total += s.to.Sub(s.from)
			until = s.to
		}
	}
	return total
}
