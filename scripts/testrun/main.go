// Command testrun runs every check and test of the repository, one part after the other, and closes with a
// summary: per part what passed, failed and was skipped and how long it took, every skipped test with its
// reason, and as the last line "N passed, N failed, N skipped". It exits with 1 when anything failed.
//
// `make test` starts it after the tools and packages are there; it installs nothing itself but npm's modules.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	workflowcheck := flag.String("workflowcheck", "", "path of the workflowcheck binary")
	server := flag.Bool("server", false, "only the whole product's tests, on the server that HOURGLASS_TEST_TEMPORAL_SERVER names")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	screen := newScreen(os.Stdout)
	all := parts(*workflowcheck)
	if *server {
		all = []part{{"whole product, on a server", onServer}}
	}
	var done []outcome
	for _, p := range all {
		if ctx.Err() != nil {
			break
		}
		screen.heading(p.name)
		started := time.Now()
		o := p.run(ctx, screen)
		o.part, o.took = p.name, time.Since(started)
		done = append(done, o)
	}
	screen.summary(done)
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "interrupted")
		os.Exit(130)
	}
	if failures(done) > 0 {
		os.Exit(1)
	}
}
