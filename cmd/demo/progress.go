package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// progress prints each step of the start when it is done, and what it took. Steps run side by side, so that a
// line for each beginning would only confuse; what takes longer than a moment says so.
func progress(out io.Writer) func(step string) func(error) {
	const moment = 3 * time.Second
	var mu sync.Mutex
	line := func(mark, step string, words ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, "  %s %-24s %s\n", mark, step, fmt.Sprint(words...))
	}
	return func(step string) func(error) {
		began := time.Now()
		still := time.AfterFunc(moment, func() { line("…", step, "starting") })
		return func(err error) {
			still.Stop()
			switch {
			case err == nil:
				line("✓", step, time.Since(began).Round(10*time.Millisecond))
			case !errors.Is(err, context.Canceled): // given up because another step failed
				line("✗", step, "failed")
			}
		}
	}
}
