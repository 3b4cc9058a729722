package rounds_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"hourglass/internal/rounds"
)

func TestRoundsGoOnUntilTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	made := 0
	rounds.Every(ctx, time.Millisecond, func(context.Context) {
		if made++; made == 3 {
			cancel()
		}
	})
	assert.Equal(t, 3, made)
}

// What can be found is done, whatever cannot; one thing waits for none of the others.
func TestARoundDoesWhatItFinds(t *testing.T) {
	broken := errors.New("one row cannot be read")
	var mu sync.Mutex
	var done []int
	told := map[string]error{}
	meet := make(chan struct{})
	rounds.Queue[int]{
		Name: "numbers", Log: slog.New(slog.DiscardHandler),
		Due: func(context.Context) ([]int, error) { return []int{1, 2}, broken },
		Do: func(_ context.Context, n int) {
			if n == 1 {
				meet <- struct{}{} // returns only while the other is at it too
			} else {
				<-meet
			}
			mu.Lock()
			defer mu.Unlock()
			done = append(done, n)
		},
		OnRound: func(name string, err error) { told[name] = err },
	}.Round(t.Context())
	assert.ElementsMatch(t, []int{1, 2}, done)
	assert.Equal(t, map[string]error{"numbers": broken}, told)
}
