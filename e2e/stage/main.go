// Command stage runs the whole product on one machine, against the stand-in for Microsoft, for tests in a real
// browser. It keeps everything in a temporary folder, on free ports, and prints one line of JSON once all is ready:
// where the parts are (addresses). It ends, and removes the folder, when its standard input ends, so that it does not
// outlive a test run that was killed. With -empty the product is as it is right after its installation.
//
// What a browser cannot do is asked for over HTTP at the address "stage"; see control.go. Faults of Microsoft are
// asked for at the address "microsoft"; see the documentation of internal/entrasim.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"hourglass/internal/onemachine"
)

// addresses is the line that is printed.
type addresses struct {
	Portal      string `json:"portal"`
	SignIn      string `json:"signIn"`
	AdminCentre string `json:"adminCentre"`
	Microsoft   string `json:"microsoft"`
	Stage       string `json:"stage"`
	TemporalUI  string `json:"temporalUI"`
	Logs        string `json:"logs"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	empty := flag.Bool("empty", false, "no people, customers or profiles")
	flag.Parse()
	if err := run(ctx, os.Stdout, !*empty); err != nil {
		fmt.Fprintln(os.Stderr, "stage:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, sample bool) (err error) {
	dir, err := os.MkdirTemp("", "hourglass-e2e-")
	if err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	m, err := onemachine.Start(ctx, onemachine.Config{Dir: dir, Sample: sample, UI: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("control address: %w", err)
	}
	server := &http.Server{Handler: (&stage{m}).handler()}
	go server.Serve(listener)
	defer server.Close()

	err = json.NewEncoder(out).Encode(addresses{
		Portal: m.PublicURL(), SignIn: m.Sim.LoginURL(), AdminCentre: m.Sim.AdminURL(), Microsoft: m.Sim.ControlURL(),
		Stage: "http://" + listener.Addr().String(), TemporalUI: m.Temporal.UIURL(), Logs: m.Dir() + "/logs",
	})
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
