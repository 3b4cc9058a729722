package onemachine_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"hourglass/internal/onemachine"
	"hourglass/internal/temporalserver"
)

// product is built once for all tests of the package.
var product string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hourglass-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if product, err = onemachine.Build(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// patience bounds every wait of these tests; what they wait for takes a fraction of it on an idle machine.
const patience = 2 * time.Minute

func patiently(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, cfg onemachine.Config) *onemachine.Machine {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	cfg.Binary = product
	m, err := onemachine.Start(patiently(t), cfg)
	temporalserver.Require(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	return m
}
