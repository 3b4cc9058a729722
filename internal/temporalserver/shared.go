package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

// RequireEnv is the variable that makes a test fail, where it would otherwise skip, when there is no Temporal
// command line. `make test` sets it.
const RequireEnv = "HOURGLASS_TEST_REQUIRE_TEMPORAL"

var shared = sync.OnceValues(func() (*Server, error) {
	return Start(context.Background(), Config{})
})

// Shared returns the one server of this test process, started at its first use and ended with the process. It
// is in memory; a test that restarts its server starts one of its own. Tests keep apart by their namespaces
// (FreshNamespace). Without a Temporal command line the test is skipped, or fails under RequireEnv.
func Shared(t testing.TB) *Server {
	t.Helper()
	server, err := shared()
	Require(t, err)
	return server
}

// Require fails the test if a server could not be started, or skips it where there is none to be had.
func Require(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrNoBinary) && os.Getenv(RequireEnv) == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var namespaces struct {
	sync.Mutex
	made int
}

// FreshNamespace makes a namespace on the server that no other test of this process has, and returns its name.
func (s *Server) FreshNamespace(t testing.TB) string {
	t.Helper()
	namespaces.Lock()
	namespaces.made++
	name := fmt.Sprintf("test-%d-%d", os.Getpid(), namespaces.made)
	namespaces.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.CreateNamespace(ctx, name); err != nil {
		t.Fatal(err)
	}
	return name
}
