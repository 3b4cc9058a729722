package onemachine_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	code := m.Run()
	if onServer {
		if server, err := theServer(); err == nil {
			server.postgres.Stop()
		}
	}
	return code
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
	if onServer {
		server, err := theServer()
		require.NoError(t, err)
		server.give(t, &cfg)
	}
	m, err := onemachine.Start(patiently(t), cfg)
	temporalserver.Require(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	return m
}
