// Command bench measures what Hourglass costs, as ratios: each line of its table stands beside something that was
// measured in the same run on the same Temporal server, mostly a bare workflow of the textbook shape (bare.go).
//
// The product runs as its real processes with SQLite (package onemachine). The bare workflow's worker is a child
// process as well, so that it can be killed like the product's, with the worker options of production and the
// plain data converter, which favours it. The stand-in for Microsoft and all clients live in the bench's process.
// What is compared is measured alternately, and every run gives one ratio: the table shows the median and the
// spread. One line of the table is one file.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type commands struct {
	Run  runCommand  `cmd:"" default:"withargs" help:"Measure, and print the table."`
	Peer peerCommand `cmd:"" hidden:"" help:"The worker of the bare workflow, as the bench starts it."`
}

type runCommand struct {
	Runs   int             `default:"3" help:"Interleaved runs; each gives one ratio."`
	Lines  []int           `help:"Lines of the table, such as 1,3,6; all by default."`
	Wave   int             `default:"500" help:"Grants that end at the same instant (line 6)."`
	Sticky []time.Duration `default:"5s,20s" help:"Sticky schedule-to-start timeouts for lines 5 and 6: Temporal's default and the product's, which alone has targets."`
	Quick  bool            `help:"Small sizes and one run: shows that the bench works, not what the product does."`
	Keep   bool            `help:"Keep the data folder."`
}

func main() {
	var line commands
	parsed := kong.Parse(&line, kong.Name("bench"), kong.Description("What Hourglass costs beside bare workflows."))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// sizes are how much is measured in one run.
type sizes struct {
	clients, crowd int // line 1: closed loops at once, a few and so many that the machine is busy
	perClient      int // rounds of each
	grants         int // lines 3 and 5: grants that are looked at one by one
	queries        int // line 5
	appends        int // line 7: per writer
	wave, creators int // line 6
}

func (c *runCommand) sizes() sizes {
	if c.Quick {
		c.Runs = 1
		return sizes{clients: 4, crowd: 6, perClient: 2, grants: 2, queries: 5, appends: 20, wave: min(c.Wave, 12), creators: 4}
	}
	return sizes{clients: 20, crowd: 60, perClient: 5, grants: 4, queries: 30, appends: 150, wave: c.Wave, creators: 8}
}

// line is one line of the table: it measures and returns its rows.
type line func(context.Context, *stage) (section, error)

var lines = []struct {
	number  int
	title   string
	measure line
}{
	{1, "throughput", throughput},
	{2, "size of a grant", footprint},
	{3, "request to ready", readiness},
	{4, "calls to Microsoft", microsoftCalls},
	{5, "credential", credentials},
	{6, "a wave of ends", waves},
	{7, "audit log", auditAppends},
}

func (c *runCommand) wants(number int) bool {
	for _, wanted := range c.Lines {
		if wanted == number {
			return true
		}
	}
	return len(c.Lines) == 0
}

func (c *runCommand) Run(ctx context.Context) (err error) {
	s, err := prepare(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = s.close(err) }()
	var sections []section
	for _, l := range lines {
		if !c.wants(l.number) {
			continue
		}
		s.say("line %d: %s", l.number, l.title)
		measured, err := l.measure(ctx, s)
		if err != nil {
			return fmt.Errorf("line %d: %w", l.number, err)
		}
		measured.number, measured.title = l.number, l.title
		sections = append(sections, measured)
	}
	facts, err := s.facts(ctx)
	if err != nil {
		return err
	}
	return report(os.Stdout, sections, facts)
}
