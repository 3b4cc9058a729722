package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestQuantileIsTheNearestRank(t *testing.T) {
	var hundred []int
	for i := 100; i >= 1; i-- {
		hundred = append(hundred, i)
	}
	for _, c := range []struct {
		of   []int
		q    float64
		want int
	}{{nil, 0.5, 0}, {[]int{7}, 0.99, 7}, {hundred, 0, 1}, {hundred, 0.5, 50}, {hundred, 0.99, 99}, {hundred, 1, 100}} {
		assert.Equal(t, c.want, quantile(c.of, c.q), "%v of %d", c.q, len(c.of))
	}
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.0, median([]float64{9, 1, 2}))
	assert.Equal(t, 2.5, median([]float64{9, 1, 3, 2}))
	assert.Equal(t, 1500*time.Millisecond, medianDuration([]time.Duration{time.Second, 2 * time.Second}))
}

// What overlaps in time is on the path once.
func TestCoveredTime(t *testing.T) {
	zero := time.Now()
	at := func(from, to int) span {
		return span{zero.Add(time.Duration(from) * time.Second), zero.Add(time.Duration(to) * time.Second)}
	}
	for name, c := range map[string]struct {
		spans []span
		want  time.Duration
	}{
		"none":       {},
		"apart":      {[]span{at(5, 6), at(0, 2)}, 3 * time.Second},
		"overlap":    {[]span{at(0, 3), at(2, 5)}, 5 * time.Second},
		"within":     {[]span{at(0, 9), at(2, 5), at(8, 10)}, 10 * time.Second},
		"same start": {[]span{at(0, 1), at(0, 4)}, 4 * time.Second},
	} {
		assert.Equal(t, c.want, covered(c.spans), name)
	}
}
