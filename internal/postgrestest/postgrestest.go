package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// Require, set to 1, makes a machine without PostgreSQL fail the tests that need it.
const Require = "HOURGLASS_TEST_REQUIRE_POSTGRES"

var (
	theServer = sync.OnceValues(func() (*server, error) { return start(0, unsafeButQuick...) })
	used      atomic.Bool
	databases atomic.Int64
)

// Main runs the tests and stops the server; a package's TestMain ends with it.
func Main(m *testing.M) {
	code := m.Run()
	if used.Load() {
		if s, err := theServer(); err == nil {
			s.stop()
		}
	}
	os.Exit(code)
}

// URL returns the URL of a fresh, empty database. It goes with the server: to drop it would cost a
// checkpoint. Where there is no PostgreSQL the test is skipped, or fails if
// HOURGLASS_TEST_REQUIRE_POSTGRES is 1.
func URL(t testing.TB) string {
	t.Helper()
	used.Store(true)
	s, err := theServer()
	if errors.Is(err, errNoBinaries) && os.Getenv(Require) != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if _, err := s.admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return databaseURL(s.folder, s.port, name)
}

// Server is a PostgreSQL of its own, outside of a test.
type Server struct{ server *server }

// Durable starts a server that syncs every commit to disk, for those who measure. The caller stops it.
func Durable() (*Server, error) {
	s, err := start(0)
	return &Server{s}, err
}

// Listening starts a server that also listens on a port of this machine, for what knows no sockets. Its user hourglass needs no
// password. The caller stops it. Where there is no PostgreSQL on this machine the error is one that Missing knows.
func Listening(port int) (*Server, error) {
	s, err := start(port, unsafeButQuick...)
	return &Server{s}, err
}

// Missing reports whether there is no PostgreSQL to start.
func Missing(err error) bool { return errors.Is(err, errNoBinaries) }

// CreateDatabase makes an empty one, and returns its URL.
func (s *Server) CreateDatabase(ctx context.Context, name string) (string, error) {
	_, err := s.server.admin.ExecContext(ctx, "CREATE DATABASE "+name)
	return databaseURL(s.server.folder, s.server.port, name), err
}

// URL is of its one database.
func (s *Server) URL() string { return databaseURL(s.server.folder, s.server.port, "postgres") }

// Stop ends the server and removes what it kept.
func (s *Server) Stop() { s.server.stop() }
