package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hourglass/internal/engine"
)

// namespaceCommand prepares a Temporal server, again and again if need be.
type namespaceCommand struct {
	Retention time.Duration `default:"168h" help:"How long Temporal keeps closed workflows; a day or more. Counts for a namespace that is made."`
	Wait      time.Duration `default:"1m" help:"How long to wait for a server that is still starting."`
}

func (c namespaceCommand) Run(ctx context.Context, out io.Writer) error {
	if c.Retention < 24*time.Hour {
		return errors.New("--retention is 24h or more")
	}
	temporal, name, err := engine.Plain()
	if err != nil {
		return err
	}
	defer temporal.Close()
	ctx, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	if err := engine.Prepare(ctx, temporal, name, c.Retention); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "namespace %s is ready\n", name)
	return err
}
