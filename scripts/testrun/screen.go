package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// screen prints; in colour only on a terminal, and not where NO_COLOR is set (https://no-color.org).
type screen struct {
	io.Writer
	colour bool
}

func newScreen(out *os.File) screen {
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	_, plain := os.LookupEnv("NO_COLOR")
	return screen{out, terminal && !plain}
}

const (
	bold  = "1"
	red   = "31"
	green = "32"
	amber = "33"
)

func (s screen) paint(style, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (s screen) heading(name string) { fmt.Fprintln(s, s.paint(bold, "\n== "+name)) }

// summary closes the run; its last line is what a machine reads.
func (s screen) summary(done []outcome) {
	s.heading("summary")
	var passed, skipped int
	var took time.Duration
	for _, o := range done {
		passed, skipped, took = passed+o.passed, skipped+len(o.skipped), took+o.took
		style := green
		if len(o.failed) > 0 {
			style = red
		}
		fmt.Fprintln(s, s.paint(style, fmt.Sprintf("%-40s %5d passed %4d failed %4d skipped %9s",
			o.part, o.passed, len(o.failed), len(o.skipped), o.took.Round(100*time.Millisecond))))
	}
	fmt.Fprintf(s, "%-40s %5d passed %4d failed %4d skipped %9s\n", "all", passed, failures(done), skipped, took.Round(100*time.Millisecond))
	for _, o := range done {
		for _, sk := range o.skipped {
			fmt.Fprintln(s, s.paint(amber, "skipped: "+sk.test)+": "+sk.reason)
		}
	}
	for _, o := range done {
		for _, name := range o.failed {
			fmt.Fprintln(s, s.paint(red, "failed: ")+name)
		}
	}
	fmt.Fprintf(s, "%d passed, %d failed, %d skipped\n", passed, failures(done), skipped)
}

func failures(done []outcome) (n int) {
	for _, o := range done {
		n += len(o.failed)
	}
	return n
}
