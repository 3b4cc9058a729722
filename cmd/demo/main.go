// Command demo runs the whole product on one machine, against the stand-in for Microsoft: to try it, to show it,
// and, with --once, to see every promise of one grant checked.
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

	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/temporalserver"
)

type options struct {
	Once bool   `help:"Run one grant of seconds in a folder of its own, check every promise, and exit: with 0 only if each was kept."`
	Dir  string `default:"var/demo" help:"Data folder; kept between runs."`

	Port       int    `default:"8080" help:"Port of the portal."`
	TemporalUI int    `default:"8233" name:"temporal-ui-port" help:"Port of Temporal's web interface."`
	SignIn     int    `default:"8443" name:"sign-in-port" help:"Port of the stand-in's sign-in page."`
	AdminPort  int    `default:"8444" name:"admin-port" help:"Port of the stand-in's admin centre."`
	Browser    string `placeholder:"CHROMIUM" help:"Open the portal in this Chromium, with the browser extension, and with Microsoft's names leading to the stand-in."`
	Extension  string `default:"extension/dist/chrome-mv3" help:"Where the built extension is."`
	Database   string `name:"database-url" placeholder:"URL" help:"postgres://… instead of SQLite in the data folder."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var o options
	parser, err := kong.New(&o, kong.Name("demo"), kong.Description("Hourglass on one machine, against the stand-in for Microsoft."))
	if err != nil {
		panic(err) // the command line's own description is wrong
	}
	if _, err := parser.Parse(args); err != nil {
		parser.FatalIfErrorf(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends us at once, and our children with us

	if o.Once {
		err = once(ctx, stdout, o.Database)
	} else {
		err = live(ctx, stdout, o)
	}
	if err != nil {
		fmt.Fprintln(stderr, "demo:", err)
		if advice := adviceFor(err); advice != "" {
			fmt.Fprintln(stderr, "     ", advice)
		}
		return 1
	}
	return 0
}

// adviceFor says what to do about the failures that a person at a terminal can mend.
func adviceFor(err error) string {
	for _, known := range []struct {
		is     error
		advice string
	}{
		{onemachine.ErrInUse, "Another demo runs there. Stop it, or choose another folder with --dir."},
		{onemachine.ErrPortTaken, "Choose another one with --port, --temporal-ui-port, --sign-in-port or --admin-port."},
		{syscall.EADDRINUSE, "Choose another one with --port, --temporal-ui-port, --sign-in-port or --admin-port."},
		{errNoExtension, "Run make demo BROWSER=…, which builds it, from the project's folder; or say where it is with --extension."},
		{errNoBrowser, "Name a Chromium or Edge that is on the PATH, such as --browser=chromium."},
		{temporalserver.ErrNoBinary, "Run make temporal, or make demo, which does."},
	} {
		if errors.Is(err, known.is) {
			return known.advice
		}
	}
	return ""
}

func microsoft(o options) entrasim.Config {
	return entrasim.Config{
		LoginAddr: fmt.Sprintf("127.0.0.1:%d", o.SignIn),
		AdminAddr: fmt.Sprintf("127.0.0.1:%d", o.AdminPort),
	}
}
