package activities

import (
	"context"
	"sync"
	"time"
)

// MostYielding is how many ends may stand back at the same time. A worker needs slots beside these for those that begin.
const MostYielding = 448

const (
	// It is a wave where so many ends began within waveSpan. Fewer are no burden to each other.
	waveOf   = 32
	waveSpan = 500 * time.Millisecond
	// lull is how long no further end begins when all of a wave have begun: many times as long as between two of them.
	lull = 150 * time.Millisecond
	// longestYield bounds how much later one end is proven because of others.
	longestYield = 3 * time.Second
)

// wave lets the first effects of ends that come together go before the proofs of those that have had theirs: when
// hundreds of grants end at one instant, each account loses its power before the first is proven off.
//
// It counts the ends that begin and none that are at work, so that an end whose Microsoft hangs holds nobody up.
type wave struct {
	mu sync.Mutex
	// begun is a ring of the latest beginnings; the next one replaces the oldest.
	begun [waveOf]time.Time
	next  int
	// yielding ends stand back now.
	yielding int
}

// begins is told of every end.
func (w *wave) begins() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun[w.next] = time.Now()
	w.next = (w.next + 1) % waveOf
}

// yield returns at once, or in a wave when no further end begins, and early after longestYield, with ctx, and when stopping is closed.
func (w *wave) yield(ctx context.Context, stopping <-chan struct{}) {
	if !w.standBack() {
		return
	}
	defer w.goOn()
	until := time.Now().Add(longestYield)
	for {
		pause := min(w.calmIn(), time.Until(until))
		if pause <= 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-stopping:
			return
		case <-time.After(pause):
		}
	}
}

// standBack reports whether there is a wave, and room to stand back.
func (w *wave) standBack() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	oldest, latest := w.begun[w.next], w.latest()
	if oldest.IsZero() || latest.Sub(oldest) > waveSpan || time.Since(latest) >= lull || w.yielding == MostYielding {
		return false
	}
	w.yielding++
	return true
}

func (w *wave) goOn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.yielding--
}

// calmIn is how long it takes until the wave is over if no further end begins.
func (w *wave) calmIn() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Until(w.latest().Add(lull))
}

// latest is the beginning of the latest end.
func (w *wave) latest() time.Time { return w.begun[(w.next+waveOf-1)%waveOf] }
