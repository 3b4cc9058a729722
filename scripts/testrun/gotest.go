package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// perPackage bounds one package's tests: the slowest start a Temporal server and wait for real timers.
const perPackage = 20 * time.Minute

// goTests runs the raced packages, or all the others. -count=1: a cached result knows nothing of the
// PostgreSQL and Temporal binaries that it came from. vet has run as a part of its own.
func goTests(race bool) func(context.Context, io.Writer) outcome {
	return func(ctx context.Context, out io.Writer) outcome {
		packages, err := goPackages(ctx, out, race)
		if err != nil {
			return verdict(err, "go list")
		}
		if len(packages) == 0 {
			return outcome{}
		}
		if _, err := exec.LookPath("gcc"); race && err == nil {
			return goTest(ctx, out, []string{"CGO_ENABLED=1"}, append([]string{"-race"}, packages...)...)
		}
		return goTest(ctx, out, nil, packages...)
	}
}

// onServer runs the tests of the whole product on the server whose version make test-server passes on.
func onServer(ctx context.Context, out io.Writer) outcome {
	return goTest(ctx, out, nil, "./internal/onemachine")
}

// goTest runs go test with further arguments, and counts what it says.
func goTest(ctx context.Context, out io.Writer, env []string, args ...string) outcome {
	cmd := command(ctx, out, "go", append([]string{"test", "-json", "-count=1", "-vet=off", "-timeout=" + perPackage.String()}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	stream, feed := io.Pipe()
	cmd.Stdout = feed
	ended := make(chan error, 1)
	go func() {
		err := run(cmd, out)
		feed.Close()
		ended <- err
	}()
	o, err := readGoTest(stream, out)
	stream.CloseWithError(err)
	if runErr := <-ended; runErr != nil && len(o.failed) == 0 {
		o.failed = append(o.failed, "go test: "+runErr.Error())
	}
	return o
}

func goPackages(ctx context.Context, out io.Writer, race bool) ([]string, error) {
	list := func(patterns ...string) ([]string, error) {
		// -e: a pattern for a folder that does not exist matches nothing instead of failing.
		cmd := command(ctx, out, "go", append([]string{"list", "-e", "-f", "{{if .GoFiles}}{{.ImportPath}}{{else if .TestGoFiles}}{{.ImportPath}}{{else if .XTestGoFiles}}{{.ImportPath}}{{end}}"}, patterns...)...)
		var names strings.Builder
		cmd.Stdout = &names
		cmd.Stderr = io.Discard
		err := cmd.Run()
		return strings.Fields(names.String()), err
	}
	inRace, err := list(raced...)
	if err != nil || race {
		return inRace, err
	}
	all, err := list("./...")
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(inRace, name) }), err
}

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// ornament are the lines that go test prints around a test's own words.
var ornament = regexp.MustCompile(`^\s*(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|FAIL|SKIP):)`)

// readGoTest counts tests and subtests. It prints one line per package, the output of failed tests, and the
// compiler's words where a package does not build; such a package, one that panics or one whose TestMain
// fails counts as one failure.
func readGoTest(stream io.Reader, out io.Writer) (outcome, error) {
	var o outcome
	said := map[string]*strings.Builder{} // by package + test: its output so far
	failedIn := map[string]int{}
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text()) // not an event: go's own words
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			if said[key] == nil {
				said[key] = &strings.Builder{}
			}
			said[key].WriteString(e.Output)
		case "build-output":
			io.WriteString(out, e.Output)
		case "pass", "skip", "fail":
			words := ""
			if said[key] != nil {
				words = said[key].String()
				delete(said, key)
			}
			if e.Test == "" {
				o.closePackage(e, words, failedIn[e.Package], out)
				continue
			}
			switch e.Action {
			case "pass":
				o.passed++
			case "skip":
				o.skipped = append(o.skipped, skip{short(e.Package) + "." + e.Test, reason(words)})
			case "fail":
				failedIn[e.Package]++
				o.failed = append(o.failed, short(e.Package)+"."+e.Test)
				fmt.Fprintf(out, "FAIL %s.%s\n%s", short(e.Package), e.Test, words)
			}
		}
	}
	return o, lines.Err()
}

func (o *outcome) closePackage(e event, words string, failed int, out io.Writer) {
	switch {
	case e.Action == "fail" && failed == 0:
		o.failed = append(o.failed, short(e.Package))
		fmt.Fprintf(out, "FAIL %s\n%s", short(e.Package), words)
	case e.Action == "fail":
		fmt.Fprintf(out, "FAIL %s (%d tests, %.1f s)\n", short(e.Package), failed, e.Elapsed)
	case e.Action == "pass":
		fmt.Fprintf(out, "ok   %s (%.1f s)\n", short(e.Package), e.Elapsed)
	}
}

// reason is what a skipped test said, without the place where it said it.
func reason(words string) string {
	var kept []string
	for line := range strings.Lines(words) {
		if !ornament.MatchString(line) {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	said := strings.Join(kept, " ")
	if place := regexp.MustCompile(`^\S+\.go:\d+: `).FindString(said); place != "" {
		said = said[len(place):]
	}
	if said == "" {
		return "no reason given"
	}
	return said
}

func short(pkg string) string { return strings.TrimPrefix(pkg, "hourglass/") }
