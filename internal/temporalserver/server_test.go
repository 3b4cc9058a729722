package temporalserver

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

const patience = 30 * time.Second

func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	server, err := Start(t.Context(), cfg)
	Require(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Stop()) })
	return server
}

func dial(t *testing.T, server *Server, namespace string) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: server.Address(), Namespace: namespace, Logger: silent{}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestFreshNamespaceTakesTheProductsSearchAttributesAtOnce(t *testing.T) {
	server := Shared(t)
	assert.Same(t, server, Shared(t), "one server per process")
	namespace := server.FreshNamespace(t)
	assert.NotEqual(t, namespace, server.FreshNamespace(t))
	assert.Empty(t, server.UIURL())

	tenant := temporal.NewSearchAttributeKeyKeyword("TenantId")
	technician := temporal.NewSearchAttributeKeyKeyword("TechnicianId")
	c := dial(t, server, namespace)
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue:             "nobody-listens",
		TypedSearchAttributes: temporal.NewSearchAttributes(tenant.ValueSet("contoso"), technician.ValueSet("adele")),
	}, "AnyWorkflow")
	require.NoError(t, err)
}

func TestRestartAfterKillFindsWhatWasCommitted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "temporal.db")
	server := start(t, Config{DBFile: file, UI: true, Namespace: "kept"})
	address := server.Address()
	_, err := dial(t, server, "kept").ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "sleeper", TaskQueue: "nobody-listens"}, "AnyWorkflow")
	require.NoError(t, err)

	require.NoError(t, server.Kill())
	<-server.Done()
	require.NoError(t, server.Restart(t.Context()))

	assert.Equal(t, address, server.Address())
	_, err = dial(t, server, "kept").DescribeWorkflowExecution(t.Context(), "sleeper", "")
	require.NoError(t, err)

	answer, err := http.Get(server.UIURL())
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, http.StatusOK, answer.StatusCode)

	header, err := os.ReadFile(file)
	require.NoError(t, err)
	// https://www.sqlite.org/fileformat2.html#file_format_version_numbers: 2 is WAL.
	assert.Equal(t, []byte{2, 2}, header[18:20])
}

func TestRestartInMemoryIsRefused(t *testing.T) {
	assert.Error(t, Shared(t).Restart(t.Context()))
}

func TestServerHasAProcessGroupOfItsOwn(t *testing.T) {
	pid := Shared(t).PID()
	group, err := syscall.Getpgid(pid)
	require.NoError(t, err)
	assert.Equal(t, pid, group)
}

func TestStopLeavesNothingAndMayBeRepeated(t *testing.T) {
	server, err := Start(t.Context(), Config{})
	Require(t, err)
	require.NoError(t, server.Stop())
	require.NoError(t, server.Stop())
	assert.False(t, alive(server.PID()))
}

func TestFailedStartSaysWhatTheServerSaid(t *testing.T) {
	binary, err := Find()
	Require(t, err)
	_, err = Start(t.Context(), Config{Binary: binary, SearchAttributes: map[string]string{"TenantId": "Nonsense"}})
	assert.ErrorContains(t, err, "Nonsense")

	taken := Shared(t)
	_, err = Start(t.Context(), Config{Binary: binary, Port: taken.cfg.Port})
	assert.ErrorIs(t, err, errPortTaken)
	assert.True(t, alive(taken.PID()))
}

// The helper is this test binary again, as a parent that starts a server and is then killed.
const helperEnv = "TEMPORALSERVER_TEST_PARENT"

func TestServerDiesWithItsParent(t *testing.T) {
	if os.Getenv(helperEnv) != "" {
		server, err := Start(context.Background(), Config{})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(os.Getenv(helperEnv), []byte(strconv.Itoa(server.PID())), 0o600))
		<-server.Done()
		return
	}
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("the parent-death signal exists on Linux only")
	}
	_, err := Find()
	Require(t, err)
	note := filepath.Join(t.TempDir(), "pid")
	parent := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	parent.Env = append(os.Environ(), helperEnv+"="+note)
	require.NoError(t, parent.Start())
	defer parent.Wait()
	defer parent.Process.Kill()
	var pid int
	require.Eventually(t, func() bool {
		words, _ := os.ReadFile(note)
		pid, err = strconv.Atoi(string(words))
		return err == nil && alive(pid)
	}, patience, 20*time.Millisecond)

	require.NoError(t, parent.Process.Kill())

	assert.Eventually(t, func() bool { return !alive(pid) }, patience, 20*time.Millisecond)
}

// alive says whether the process runs; one that has ended and was not waited for yet does not count.
func alive(pid int) bool {
	words, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	return err == nil && !strings.Contains(string(words), "State:\tZ")
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
