package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// timeline prints what happens, when it happens.
type timeline struct {
	out   io.Writer
	began time.Time
	mu    sync.Mutex
}

func newTimeline(out io.Writer) *timeline { return &timeline{out: out, began: time.Now()} }

// add prints one line: since the beginning, who, what.
func (t *timeline) add(who, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "  %7.3f s  %-10s %s\n", time.Since(t.began).Seconds(), who, fmt.Sprintf(format, args...))
}

// offset is an instant as the timeline would print it.
func (t *timeline) offset(at time.Time) string {
	return fmt.Sprintf("%.3f s", at.Sub(t.began).Seconds())
}
