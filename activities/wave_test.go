package activities

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// end begins at once, has its first effects after some time, and says how long it stood back then.
func end(ctx context.Context, w *wave, first time.Duration, stopping <-chan struct{}) time.Duration {
	w.begins()
	time.Sleep(first)
	began := time.Now()
	w.yield(ctx, stopping)
	return time.Since(began)
}

// ends begin one after the other; each tells on the channel how long it stood back.
func ends(w *wave, n int, between, first time.Duration) <-chan time.Duration {
	all := make(chan time.Duration, n)
	go func() {
		for range n {
			go func() { all <- end(context.Background(), w, first, nil) }()
			time.Sleep(between)
		}
	}()
	return all
}

func TestASingleEndAndAHandfulAreNeverHeldUp(t *testing.T) {
	for name, c := range map[string]struct {
		n       int
		between time.Duration
	}{
		"one":                         {1, 0},
		"fewer than a wave, at once":  {waveOf - 1, 0},
		"many, but one after another": {20 * waveOf, waveSpan / (waveOf - 2)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				all := ends(&wave{}, c.n, c.between, 100*time.Millisecond)
				for range c.n {
					require.Zero(t, <-all)
				}
			})
		})
	}
}

func TestInAWaveEveryFirstEffectComesBeforeTheProofs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, between = 10 * waveOf, 5 * time.Millisecond
		began := time.Now()
		all := ends(&wave{}, n, between, 100*time.Millisecond)
		held := 0
		for range n {
			if <-all > 0 {
				held++
				require.GreaterOrEqual(t, time.Since(began), (n-1)*between+lull, "an end goes on while others still begin")
			}
		}
		require.GreaterOrEqual(t, held, n-waveOf, "only those before the wave could be seen go on")
		require.Equal(t, (n-1)*between+lull, time.Since(began), "nobody waits longer than for the last one")
	})
}

func TestAWaveThatGoesOnDelaysNobodyForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, between = 2000, 10 * time.Millisecond
		all := ends(&wave{}, n, between, 100*time.Millisecond)
		for range n {
			require.LessOrEqual(t, <-all, longestYield)
		}
	})
}

// An end whose Microsoft hangs begins, and has no first effect: nobody waits for that.
func TestNobodyWaitsForAnEndThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wave{}
		hanging := ends(w, waveOf, 0, time.Hour)
		for range waveOf {
			require.LessOrEqual(t, end(context.Background(), w, 0, nil), lull)
		}
		for range waveOf {
			require.Zero(t, <-hanging)
		}
	})
}

func TestAnEndStopsYieldingWhenItsWorkerStops(t *testing.T) {
	for name, stop := range map[string]func(context.CancelFunc, chan struct{}){
		"the worker begins to stop": func(_ context.CancelFunc, stopping chan struct{}) { close(stopping) },
		"the activity is cancelled": func(cancel context.CancelFunc, _ chan struct{}) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				stopping := make(chan struct{})
				w := &wave{}
				for range waveOf {
					w.begins()
				}
				gone := make(chan time.Duration)
				go func() { gone <- end(ctx, w, 0, stopping) }()
				time.Sleep(lull / 2)
				stop(cancel, stopping)
				require.Equal(t, lull/2, <-gone)
			})
		})
	}
}

func TestSlotsAreLeftForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wave{}
		const n = 2 * MostYielding
		all := ends(w, n, 0, 0)
		waited := 0
		for range n {
			if <-all > 0 {
				waited++
			}
		}
		require.Equal(t, MostYielding, waited)
		require.Zero(t, w.yielding)
	})
}
