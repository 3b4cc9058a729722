package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"hourglass/worker"
)

// facts say on what was measured.
func (s *stage) facts(ctx context.Context) ([]string, error) {
	server, err := s.temporal.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	if err != nil {
		return nil, fmt.Errorf("server's version: %w", err)
	}
	options := worker.Defaults()
	return []string{
		fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()),
		fmt.Sprintf("load average %s at the start and %s at the end, ours included", s.loadAtStart, loadAverage()),
		fmt.Sprintf("Temporal server %s, development server as tuned in internal/temporalserver, SQLite file, WAL, synchronous FULL", server.GetServerVersion()),
		"product on SQLite, WAL, synchronous FULL",
		fmt.Sprintf("both workers: %d activities and %d workflow tasks at once, requests not compressed; plain payloads for the bare one, sealed ones for ours",
			options.MaxConcurrentActivityExecutionSize, options.MaxConcurrentWorkflowTaskExecutionSize),
		fmt.Sprintf("%d runs, %d customers", s.Runs, len(s.customers)),
		time.Since(s.began).Round(time.Second).String() + " in all",
	}, nil
}

// loadAverage of the last minute, as Linux tells it.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
