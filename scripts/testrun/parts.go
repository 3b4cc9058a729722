package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// part is one row of the summary.
type part struct {
	name string
	run  func(context.Context, io.Writer) outcome
}

// outcome is what became of a part. A part that is one check counts as one.
type outcome struct {
	part    string
	took    time.Duration
	passed  int
	failed  []string
	skipped []skip
}

// skip is a test that did not run, and why.
type skip struct{ test, reason string }

// raced are the packages in which goroutines share state: they run under the race detector. activities is not
// among them because it would compile the Microsoft SDK a second time, which takes minutes.
var raced = []string{"./internal/store/...", "./internal/seal/...", "./internal/passkey/...", "./internal/entrasim/...", "./api/..."}

// required makes a test fail where it would otherwise skip because PostgreSQL or Temporal is missing.
var required = []string{"HOURGLASS_TEST_REQUIRE_POSTGRES=1", "HOURGLASS_TEST_REQUIRE_TEMPORAL=1"}

// parts lists what there is to run, cheapest first. A part whose folder does not exist is left out.
// workflowcheck is that tool's binary.
func parts(workflowcheck string) []part {
	all := []part{
		{"gofmt", gofmt},
		{"go vet", check("go", "vet", "./...")},
	}
	if isDir("workflows") {
		all = append(all, part{"workflowcheck", check(workflowcheck,
			"-test=false", "-single-line", "-show-pos", "-config", "scripts/workflowcheck.yaml", "./workflows/...")})
	}
	all = append(all, part{"Go tests", goTests(false)})
	if _, err := exec.LookPath("gcc"); err == nil {
		all = append(all, part{"Go tests, race detector", goTests(true)})
	} else {
		all = append(all, part{"Go tests without race detector (no gcc)", goTests(true)})
	}
	for _, folder := range []string{"web", "extension", "e2e"} {
		if isFile(filepath.Join(folder, "package.json")) {
			all = append(all, part{folder, npmTests(folder)})
		}
	}
	return all
}

// check is a part that passes when the command exits with 0.
func check(name string, args ...string) func(context.Context, io.Writer) outcome {
	return func(ctx context.Context, out io.Writer) outcome {
		return verdict(run(command(ctx, out, name, args...), out), name)
	}
}

func gofmt(ctx context.Context, out io.Writer) outcome {
	files, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.go").Output()
	if err != nil {
		return verdict(err, "git ls-files")
	}
	names := strings.FieldsFunc(string(files), func(r rune) bool { return r == 0 })
	names = slices.DeleteFunc(names, func(name string) bool { return !isFile(name) }) // deleted, not yet committed
	var unformatted strings.Builder
	cmd := command(ctx, out, "gofmt", append([]string{"-l"}, names...)...)
	cmd.Stdout = &unformatted
	if err := run(cmd, out); err != nil {
		return verdict(err, "gofmt")
	}
	if unformatted.Len() > 0 {
		io.WriteString(out, unformatted.String())
		return outcome{failed: strings.Fields(unformatted.String())}
	}
	return outcome{passed: 1}
}

// command is a child of ours with its output on out, told to end by SIGINT so that it can stop what it started.
func command(ctx context.Context, out io.Writer, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), required...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

// run runs it, and says why where the command cannot have said so itself.
func run(cmd *exec.Cmd, out io.Writer) error {
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		io.WriteString(out, err.Error()+"\n")
	}
	return err
}

func verdict(err error, name string) outcome {
	if err != nil {
		return outcome{failed: []string{name + ": " + err.Error()}}
	}
	return outcome{passed: 1}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
