// Command hourglass is the product: API, worker, or both in one process, and what an operator needs
// beside them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "unknown"

type commands struct {
	Serve     serveCommand     `cmd:"" help:"Run API and worker in one process."`
	API       apiCommand       `cmd:"" name:"api" help:"Run the API and the pages."`
	Worker    workerCommand    `cmd:"" help:"Run the worker that carries out grants."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database to the newest version."`
	Doctor    doctorCommand    `cmd:"" help:"Look at everything that Hourglass needs, and say what to do where something is amiss. Exit status 0: all is well; 1: something needs attention; 2: something is broken."`
	Healthy   healthyCommand   `cmd:"" help:"Ask the process that runs with these settings whether it is ready, for health checks of containers."`
	Namespace namespaceCommand `cmd:"" help:"Make Temporal's namespace and its search attributes where they are missing."`
	Admin     adminCommand     `cmd:"" help:"Add an admin, or find one, and print a one-time link that enrols a passkey."`
	Import    importCommand    `cmd:"" help:"Make and change what a CSV file says: all of it or, where a line has a problem, nothing."`
	Export    exportCommand    `cmd:"" help:"Print customers, people or entitlements as a CSV file."`
	Audit     auditCommands    `cmd:"" help:"Work with the audit log."`
	Keys      keysCommands     `cmd:"" help:"Make and rotate keyset files."`
	Version   kong.VersionFlag `help:"Print the version."`
}

// Exit codes: 1 for a failure while running, 2 for settings that cannot be used.
const (
	exitFailed   = 1
	exitSettings = 2
)

// exitStatus is the error of a command that has said everything itself.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var line commands
	parser, err := kong.New(&line,
		kong.Name("hourglass"),
		kong.Description("Just-in-time administrator accounts for Microsoft Entra ID.\n\n"+settingsHelp()),
		kong.UsageOnError(),
		kong.Vars{"version": version},
		kong.Writers(stdout, stderr),
		kong.BindTo(stdout, (*io.Writer)(nil)),
	)
	if err != nil {
		panic(err) // the command line's own description is wrong
	}
	command, err := parser.Parse(args)
	if err != nil {
		parser.FatalIfErrorf(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))

	err = command.Run()
	if err == nil {
		return 0
	}
	if status, ok := errors.AsType[exitStatus](err); ok {
		return int(status)
	}
	fmt.Fprintln(stderr, "hourglass:", err)
	var unusable *mistakes
	if errors.As(err, &unusable) {
		return exitSettings
	}
	return exitFailed
}
