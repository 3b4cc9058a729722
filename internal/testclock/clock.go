// Package testclock is a clock that stands still until a test moves it.
package testclock

import (
	"sync"
	"time"
)

// Clock is safe for concurrent use. Its Now is what Config.Clock and the like take.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// At returns a clock that shows now.
func At(now time.Time) *Clock { return &Clock{now: now} }

func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
