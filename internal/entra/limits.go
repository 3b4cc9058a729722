package entra

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hourglass/internal/access"
)

// Limits are per tenant and stay below what Microsoft allows an app in one tenant (microsoft-graph.md, 1.13).
// A zero field is what Microsoft publishes.
type Limits struct {
	// Units are resource units; the published limit of the smallest tenants is 3,500 per 10 s. Every call of this
	// package costs one.
	Units Rate
	// Writes: 3,000 per 150 s.
	Writes Rate
	// Reports are the calls to /users/{id}/authentication and /auditLogs: 5 per 10 s.
	Reports Rate
}

// Rate is how many in every stretch of time.
type Rate struct {
	Count int
	Per   time.Duration
}

var published = Limits{
	Units:   Rate{3500, 10 * time.Second},
	Writes:  Rate{3000, 150 * time.Second},
	Reports: Rate{5, 10 * time.Second},
}

func (l Limits) orPublished() (Limits, error) {
	for _, r := range []struct {
		name     string
		rate     *Rate
		standard Rate
	}{{"units", &l.Units, published.Units}, {"writes", &l.Writes, published.Writes}, {"reports", &l.Reports, published.Reports}} {
		switch {
		case *r.rate == Rate{}:
			*r.rate = r.standard
		case r.rate.Count < 2 || r.rate.Per <= 0:
			return Limits{}, fmt.Errorf("limits: %s: a rate is at least two in a stretch of time: %w", r.name, access.ErrInvalid)
		}
	}
	return l, nil
}

// load is what a request counts against.
type load struct{ write, reports bool }

// limiter spreads the calls of one tenant. What Microsoft refuses although the limits were kept (other apps' limits, its
// own bad days) pauses the tenant for as long as it asks, so that parallel calls do not pile up.
type limiter struct {
	units, writes *rate.Limiter
	reports       *window

	mu     sync.Mutex
	resume map[bool]time.Time // by load.reports: a busy report must not keep a role from being removed
}

func newLimiter(l Limits) *limiter {
	return &limiter{
		units: bucket(l.Units), writes: bucket(l.Writes), reports: newWindow(l.Reports),
		resume: map[bool]time.Time{},
	}
}

// bucket never lets more than r.Count through in any stretch of r.Per: a tenth at once, and the rest spread evenly.
func bucket(r Rate) *rate.Limiter {
	burst := max(1, r.Count/10)
	return rate.NewLimiter(rate.Limit(float64(r.Count-burst)/r.Per.Seconds()), burst)
}

// wait returns when the request may go: nil, the context's error, or at once Throttled where that would be after half of
// the time to the context's deadline (or after patience, where the context has none).
func (l *limiter) wait(ctx context.Context, what load, patience time.Duration) error {
	now := time.Now()
	if deadline, ok := ctx.Deadline(); ok {
		patience = deadline.Sub(now) / 2 // the other half is the call's: a write must not run out of time because we waited
	}
	delay, giveBack := l.reserve(now, what)
	for {
		delay = max(delay, l.pausedFor(what))
		if delay <= 0 {
			return ctx.Err()
		}
		if delay > patience-time.Since(now) {
			giveBack()
			return &Error{Kind: Throttled, After: delay}
		}
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
			delay = 0 // and look again: the pause may have begun meanwhile
		case <-ctx.Done():
			timer.Stop()
			giveBack()
			return ctx.Err()
		}
	}
}

func (l *limiter) reserve(now time.Time, what load) (time.Duration, func()) {
	if what.reports {
		return l.reports.reserve(now)
	}
	unit := l.units.ReserveN(now, 1)
	if !what.write {
		return unit.DelayFrom(now), unit.Cancel
	}
	write := l.writes.ReserveN(now, 1)
	return max(unit.DelayFrom(now), write.DelayFrom(now)), func() { unit.Cancel(); write.Cancel() }
}

// refused takes note of what Microsoft answered.
func (l *limiter) refused(what load, e *Error) {
	if e.Kind != Throttled || e.After <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if resume := time.Now().Add(e.After); resume.After(l.resume[what.reports]) {
		l.resume[what.reports] = resume
	}
}

func (l *limiter) pausedFor(what load) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.resume[what.reports])
}

// window lets exactly Count through in any stretch of Per, all at once if they come so. The limit on reports is so small
// that a bucket would either go over it or make the three calls of a switch-off wait for nothing.
type window struct {
	per  time.Duration
	mu   sync.Mutex
	at   []time.Time // the last Count starts, a ring
	next int         // the oldest
}

func newWindow(r Rate) *window { return &window{per: r.Per, at: make([]time.Time, r.Count)} }

func (w *window) reserve(now time.Time) (time.Duration, func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	place, before := w.next, w.at[w.next]
	start := before.Add(w.per)
	if start.Before(now) {
		start = now
	}
	w.at[place], w.next = start, (place+1)%len(w.at)
	return start.Sub(now), func() { w.giveBack(place, start, before) }
}

// giveBack frees the place if nobody has queued up behind it.
func (w *window) giveBack(place int, start, before time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at[place].Equal(start) && w.next == (place+1)%len(w.at) {
		w.at[place], w.next = before, place
	}
}
