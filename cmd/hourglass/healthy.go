package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthyCommand is the health check of an image that holds nothing else which could ask.
type healthyCommand struct{}

// healthyWithin is a little more than the checks of /readyz may take.
const healthyWithin = 4 * time.Second

// Run asks the process that runs with the same settings whether it is ready.
func (healthyCommand) Run(ctx context.Context) error {
	var m mistakes
	s := readSettings(&m)
	if err := m.err(); err != nil {
		return err
	}
	setting, address := "METRICS_LISTEN", s.MetricsListen // both commands answer there
	if address == "" {
		setting, address = "LISTEN", s.Listen
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return named(setting, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, healthyWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return errors.New("no process answers at " + address)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("not ready: /readyz answers %s", answer.Status)
	}
	return nil
}
