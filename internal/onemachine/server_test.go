package onemachine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/onemachine"
	"hourglass/internal/postgrestest"
	"hourglass/internal/process"
	"hourglass/internal/store"
)

// temporalVersion names the version of Temporal's server and SQL tool that make test-server has built into bin/.
const temporalVersion = "HOURGLASS_TEST_TEMPORAL_SERVER"

// program is one of the two.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/" + name + "-" + os.Getenv(temporalVersion))
	require.NoError(t, err)
	return path
}

// server is PostgreSQL and Temporal as docker/compose.yaml sets them up, with the same files, without containers.
type server struct {
	t         *testing.T
	postgres  *postgrestest.Server
	env       []string
	port      int
	temporal  *process.Child
	hourglass string // URL of its database
}

func newServer(t *testing.T) *server {
	t.Helper()
	if os.Getenv(temporalVersion) == "" {
		t.Skip("make test-server runs this with Temporal's own server")
	}
	free := func() int { return freePort(t) }
	s := &server{t: t, port: free()}
	databasePort := free()
	var err error
	s.postgres, err = postgrestest.Listening(databasePort)
	require.NoError(t, err)
	t.Cleanup(s.postgres.Stop)
	for _, name := range []string{"temporal", "temporal_visibility"} {
		_, err := s.postgres.CreateDatabase(t.Context(), name)
		require.NoError(t, err)
	}
	s.hourglass, err = s.postgres.CreateDatabase(t.Context(), "hourglass")
	require.NoError(t, err)
	folder := s.folder()
	s.env = append(os.Environ(), "SQL_HOST=127.0.0.1", fmt.Sprintf("SQL_PORT=%d", databasePort), "SQL_USER=hourglass", "SQL_PASSWORD=unused",
		"SQL_TOOL="+program(t, "temporal-sql-tool"), "DYNAMIC_CONFIG="+filepath.Join(folder, "dynamicconfig.yaml"),
		"BIND_ON_IP=127.0.0.1", "LOG_LEVEL=warn", fmt.Sprintf("FRONTEND_PORT=%d", s.port), fmt.Sprintf("METRICS_ADDRESS=127.0.0.1:%d", free()))
	for _, name := range []string{"FRONTEND_MEMBERSHIP", "MATCHING", "MATCHING_MEMBERSHIP", "HISTORY", "HISTORY_MEMBERSHIP", "WORKER", "WORKER_MEMBERSHIP"} {
		s.env = append(s.env, fmt.Sprintf("%s_PORT=%d", name, free()))
	}
	for range 2 { // the second time there is nothing to do
		schema := exec.CommandContext(t.Context(), filepath.Join(folder, "schema"))
		schema.Env = s.env
		said, err := schema.CombinedOutput()
		require.NoError(t, err, "%s", said)
	}
	s.start()
	t.Cleanup(func() { assert.NoError(t, s.temporal.Stop(time.Minute)) })
	return s
}

// freePort is below 32768: Temporal's table of members holds no larger one.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(12000)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			require.NoError(t, listener.Close())
			return port
		}
	}
	require.Fail(t, "no free port")
	return 0
}

// start starts Temporal, again after a Kill.
func (s *server) start() {
	s.t.Helper()
	cmd := exec.Command(program(s.t, "temporal-server"), "--root", "/", "--config", s.folder(), "--env", "config", "--allow-no-auth", "start")
	cmd.Env = s.env
	log, err := os.CreateTemp(s.t.TempDir(), "temporal-*.log")
	require.NoError(s.t, err)
	s.temporal, err = process.Start(cmd, log)
	require.NoError(s.t, err)
	require.NoError(s.t, until(patiently(s.t), func() (bool, error) {
		connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err == nil {
			connection.Close()
		}
		select {
		case <-s.temporal.Ended():
			return false, fmt.Errorf("Temporal ended: %s", s.temporal.Said())
		default:
			return err == nil, nil
		}
	}))
}

func (s *server) folder() string {
	folder, err := filepath.Abs("../../docker/temporal")
	require.NoError(s.t, err)
	return folder
}

// prepare has the product make the namespace, as compose.yaml does.
func (s *server) prepare(ctx context.Context, namespace string) {
	s.t.Helper()
	for range 2 {
		cmd := exec.CommandContext(ctx, product, "namespace")
		cmd.Env = append(os.Environ(), fmt.Sprintf("TEMPORAL_ADDRESS=127.0.0.1:%d", s.port), "TEMPORAL_NAMESPACE="+namespace)
		said, err := cmd.CombinedOutput()
		require.NoError(s.t, err, "%s", said)
	}
}

// TestOnAServer: API and worker as processes of their own on PostgreSQL, and Temporal's own server on PostgreSQL, set up by
// the files in docker/. Everything is as promised, also when Temporal is killed and when a worker is away while a hundred
// grants end.
func TestOnAServer(t *testing.T) {
	server := newServer(t)
	server.prepare(patiently(t), "hourglass")
	s := newStage(t, onemachine.Config{
		Split: true, DatabaseURL: server.hourglass, TemporalPort: server.port, TemporalNamespace: "hourglass",
	})

	t.Run("a grant from request to proof", func(t *testing.T) {
		sc := s.newScene(t, "whole")
		require.NoError(t, sc.request(patiently(t)))
		sc.check(t)
	})
	t.Run("Temporal is killed while a grant is live", func(t *testing.T) {
		sc := s.newScene(t, "killed")
		require.NoError(t, sc.request(patiently(t)))
		_, err := sc.reaches(patiently(t), access.Active)
		require.NoError(t, err)
		require.NoError(t, server.temporal.Kill())
		server.start()
		g := sc.check(t)
		t.Logf("proven off %.1f s after its end", g.EndedAt.Sub(*g.ExpiresAt).Seconds())
	})
	t.Run("a worker is away while a hundred grants end", func(t *testing.T) { workerAway(t, s, 100) })

	said, status, err := s.Status(patiently(t), nil, "doctor")
	require.NoError(t, err)
	assert.LessOrEqual(t, status, 1, "nothing is broken: %s", said)
	s.checkWhole(t)
}

// workerAway: n grants of as many customers, a worker that stops before the first ends and returns after the last.
func workerAway(t *testing.T, s *stage, n int) {
	const lasting = 20 * time.Second
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
	took := time.Since(back)
	t.Logf("all off %.1f s after the worker's return", took.Seconds())
	assert.Less(t, took, time.Minute)
	for _, sc := range scenes {
		sc.checkOff(t)
	}
}
