package onemachine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
	"hourglass/internal/postgrestest"
	"hourglass/internal/store"
	"hourglass/internal/temporalserver"
)

// temporalVersion names the version of Temporal's server and SQL tool that make test-server has built into bin/.
const temporalVersion = "HOURGLASS_TEST_TEMPORAL_SERVER"

// server is PostgreSQL and Temporal as docker/compose.yaml sets them up, with the same files, without containers. The tests share
// the PostgreSQL; each starts Temporal for itself, with a namespace of its own.
type server struct {
	postgres *postgrestest.Server
	env      []string
	folder   string // docker/temporal
	port     int
	bin      string
	temporal []string // URLs of its databases

	mu     sync.Mutex
	places map[string]place // by the machine's folder
}

// place is what one machine has on the server.
type place struct{ database, namespace string }

// onServer is whether the tests of this package run on Temporal's own server and PostgreSQL.
var onServer = os.Getenv(temporalVersion) != ""

// theServer is started by the first test that needs it, and stopped by buildAndRun.
var theServer = sync.OnceValues(newServer)

func newServer() (*server, error) {
	s := &server{places: map[string]place{}}
	var err error
	if s.folder, err = filepath.Abs("../../docker/temporal"); err != nil {
		return nil, err
	}
	if s.bin, err = filepath.Abs("../../bin"); err != nil {
		return nil, err
	}
	ports := make([]int, 10)
	for i := range ports {
		if ports[i], err = freePort(); err != nil {
			return nil, err
		}
	}
	s.port = ports[0]
	if s.postgres, err = postgrestest.Listening(ports[1]); err != nil {
		return nil, err
	}
	s.env = append(os.Environ(), "SQL_HOST=127.0.0.1", fmt.Sprintf("SQL_PORT=%d", ports[1]), "SQL_USER=hourglass", "SQL_PASSWORD=unused",
		"SQL_TOOL="+s.program("temporal-sql-tool"), "DYNAMIC_CONFIG="+filepath.Join(s.folder, "dynamicconfig.yaml"),
		"BIND_ON_IP=127.0.0.1", "LOG_LEVEL=warn", fmt.Sprintf("FRONTEND_PORT=%d", s.port), fmt.Sprintf("METRICS_ADDRESS=127.0.0.1:%d", ports[2]))
	for i, name := range []string{"FRONTEND_MEMBERSHIP", "MATCHING", "MATCHING_MEMBERSHIP", "HISTORY", "HISTORY_MEMBERSHIP", "WORKER", "WORKER_MEMBERSHIP"} {
		s.env = append(s.env, fmt.Sprintf("%s_PORT=%d", name, ports[3+i]))
	}
	return s, s.schema()
}

// schema has docker/temporal's script make Temporal's databases. The second time there is nothing to do.
func (s *server) schema() error {
	for _, name := range []string{"temporal", "temporal_visibility"} {
		url, err := s.postgres.CreateDatabase(context.Background(), name)
		if err != nil {
			return err
		}
		s.temporal = append(s.temporal, url)
	}
	for range 2 {
		schema := exec.Command(filepath.Join(s.folder, "schema"))
		schema.Env = s.env
		if said, err := schema.CombinedOutput(); err != nil {
			return fmt.Errorf("schema: %w: %s", err, said)
		}
	}
	return nil
}

// program is one of the two that make test-server has built.
func (s *server) program(name string) string {
	return filepath.Join(s.bin, name+"-"+os.Getenv(temporalVersion))
}

// freePort is below 32768: Temporal's table of members holds no larger one.
func freePort() (int, error) {
	for range 100 {
		port := 20000 + rand.IntN(12000)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("no free port")
}

// give has a machine use the server, with API and worker as processes of their own. The same folder gets the same database and
// namespace again.
func (s *server) give(t *testing.T, cfg *onemachine.Config) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.places[cfg.Dir]
	if !known {
		p.namespace = fmt.Sprintf("hourglass-%d", len(s.places))
		var err error
		p.database, err = s.postgres.CreateDatabase(t.Context(), fmt.Sprintf("hourglass_%d", len(s.places)))
		require.NoError(t, err)
		s.places[cfg.Dir] = p
	}
	cfg.DatabaseURL, cfg.TemporalDatabases = p.database, s.temporal
	// Where both are to answer at one address, as for metrics, they are one process.
	cfg.Split = cfg.Split || len(cfg.Env) == 0
	cfg.Temporal = temporalserver.Config{
		Port: s.port, Namespace: p.namespace,
		Program: func() *exec.Cmd {
			cmd := exec.Command(s.program("temporal-server"), "--root", "/", "--config", s.folder, "--env", "config", "--allow-no-auth", "start")
			cmd.Env = s.env
			return cmd
		},
		// The product makes it, as compose.yaml has it do, and again and again is fine.
		Prepare: func(ctx context.Context) error {
			cmd := exec.CommandContext(ctx, product, "namespace")
			cmd.Env = append(os.Environ(), fmt.Sprintf("TEMPORAL_ADDRESS=127.0.0.1:%d", s.port), "TEMPORAL_NAMESPACE="+p.namespace)
			if said, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("hourglass namespace: %w: %s", err, said)
			}
			return nil
		},
	}
}

// sideBySide lets tests run at the same time, as t.Parallel does, unless they share a server.
func sideBySide(t *testing.T) {
	t.Helper()
	if !onServer {
		t.Parallel()
	}
}

// TestWorkerAway: a worker is away while grants end. All are off within seconds of its return.
func TestWorkerAway(t *testing.T) {
	sideBySide(t)
	n := 20
	if onServer {
		n = 100
	}
	s := newStage(t, onemachine.Config{Split: true})
	workerAway(t, s, n)
	said, status, err := s.Status(patiently(t), nil, "doctor")
	require.NoError(t, err)
	assert.LessOrEqual(t, status, 1, "nothing is broken: %s", said)
	s.checkWhole(t)
}

// workerAway: n grants of as many customers, a worker that stops before the first ends and returns after the last.
func workerAway(t *testing.T, s *stage, n int) {
	lasting := min(20*time.Second, time.Duration(n)*time.Second/2)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	scenes := make([]*scene, n)
	for i := range scenes {
		scenes[i] = s.newScene(t, fmt.Sprintf("away %d", i))
	}
	var asking sync.WaitGroup
	places := make(chan struct{}, 16)
	failures := make([]error, n)
	for i, sc := range scenes {
		asking.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			_, failures[i] = s.ada.Request(ctx, "away-"+sc.customer.ID.String(), api.GrantRequest{
				CustomerId: sc.customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(lasting / time.Second),
			})
		})
	}
	asking.Wait()
	for _, err := range failures {
		require.NoError(t, err)
	}
	var last time.Time
	for _, sc := range scenes {
		require.NoError(t, until(ctx, func() (bool, error) {
			grants, _, err := s.Store.Grants(ctx, store.GrantFilter{CustomerID: sc.customer.ID})
			if err != nil || len(grants) == 0 || grants[0].ExpiresAt == nil {
				return false, err
			}
			if grants[0].ExpiresAt.After(last) {
				last = *grants[0].ExpiresAt
			}
			return true, nil
		}))
	}
	require.NoError(t, s.Worker.Stop())
	require.NoError(t, until(ctx, func() (bool, error) { return time.Now().After(last), nil }))
	census, err := s.Store.Census(ctx)
	require.NoError(t, err)
	t.Logf("%d grants are NOT OFF while no worker runs", census.NotOff)
	assert.Positive(t, census.NotOff)

	back := time.Now()
	require.NoError(t, s.Worker.Restart(ctx))
	require.NoError(t, until(ctx, func() (bool, error) {
		census, err := s.Store.Census(ctx)
		return census.NotOff == 0 && census.Live[access.Active] == 0, err
	}))
	var took []float64
	for _, sc := range scenes {
		g, err := sc.reaches(ctx, access.Ended)
		require.NoError(t, err)
		took = append(took, g.EndedAt.Sub(back).Seconds())
	}
	slices.Sort(took)
	t.Logf("off after the worker's return: the first %.1f s, half %.1f s, all %.1f s", took[0], took[n/2], took[n-1])
	assert.Less(t, took[n-1], patience.Seconds(), "seconds on an idle machine")
	for _, sc := range scenes {
		sc.checkOff(t)
	}
}
