package onemachine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"hourglass/internal/entrasim"
	"hourglass/internal/process"
)

// findBinary settles which product is started.
func (m *Machine) findBinary(ctx context.Context) error {
	if m.cfg.Binary != "" {
		return nil
	}
	if own, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(own), "hourglass")
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			m.cfg.Binary = beside
			return nil
		}
	}
	var err error
	m.cfg.Binary, err = Build(ctx, m.path("bin"))
	return err
}

// Build compiles ./cmd/hourglass of the module that the working directory is in, and returns where it put it.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "hourglass")
	said, err := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", binary, "hourglass/cmd/hourglass").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, bytes.TrimSpace(said))
	}
	return binary, nil
}

// environment is all that the product gets: nothing of ours reaches it by accident.
func (m *Machine) environment() []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"TMPDIR=" + os.TempDir(),
		"HOME=" + m.cfg.Dir, // where Temporal's client would otherwise find the developer's own profile
		"HOURGLASS_DATABASE_URL=" + m.cfg.DatabaseURL,
		"HOURGLASS_PUBLIC_URL=" + m.PublicURL(),
		"HOURGLASS_LISTEN=" + loopback(m.cfg.Port),
		"HOURGLASS_KEYSET_FILE=" + m.path(vaultKeys),
		"HOURGLASS_CODEC_KEYSET_FILE=" + m.path(codecKeys),
		"HOURGLASS_ENTRA_CLIENT_ID=" + entrasim.SampleClientID,
		"HOURGLASS_ENTRA_CLIENT_SECRET=" + entrasim.SampleClientSecret,
		"HOURGLASS_ENTRA_AUTHORITY_URL=" + m.Sim.LoginURL(),
		"HOURGLASS_ENTRA_GRAPH_URL=" + m.Sim.GraphURL(),
		"HOURGLASS_ENTRA_ADMIN_CENTRE_URL=" + m.Sim.AdminURL(),
		"HOURGLASS_ENTRA_CA_FILE=" + m.Sim.CAFile(),
	}
	if m.cfg.UI {
		env = append(env, "HOURGLASS_TEMPORAL_UI_ORIGIN="+fmt.Sprintf("http://localhost:%d", m.cfg.UIPort))
	}
	return append(env, m.cfg.Env...)
}

// SetEnv replaces Config.Env for the processes that are started or restarted from now on.
func (m *Machine) SetEnv(env ...string) { m.cfg.Env = env }

// Upgrade has the processes that are started or restarted from now on be of Config.Binary.
func (m *Machine) Upgrade() { m.cfg.Earlier = "" }

// temporalEnvironment is for the processes that speak to Temporal.
func (m *Machine) temporalEnvironment() []string {
	return []string{"TEMPORAL_ADDRESS=" + m.Temporal.Address(), "TEMPORAL_NAMESPACE=" + m.Temporal.Namespace()}
}

// Hourglass runs one of the product's commands that end by themselves, such as "audit", "verify", and returns
// what it printed. A status other than 0 is an error that quotes it.
func (m *Machine) Hourglass(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, m.cfg.Binary, args...)
	cmd.Env = m.environment()
	cmd.Dir = m.cfg.Dir
	said, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("hourglass %s: %w: %s", args[0], err, bytes.TrimSpace(said))
	}
	return string(said), nil
}

// Status runs one of the product's commands with more settings, those of Temporal among them, and returns what it printed
// to standard output and its exit status.
func (m *Machine) Status(ctx context.Context, env []string, args ...string) (said string, status int, err error) {
	cmd := exec.CommandContext(ctx, m.cfg.Binary, args...)
	cmd.Env, cmd.Dir = slices.Concat(m.environment(), m.temporalEnvironment(), env), m.cfg.Dir
	out, err := cmd.Output()
	if exited, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exited.ExitCode(), nil
	}
	return string(out), 0, err
}

// The keyset files: one for the vault, one for what Temporal stores.
const (
	vaultKeys = "keyset.json"
	codecKeys = "codec-keyset.json"
)

func (m *Machine) createKeys(ctx context.Context) error {
	for _, file := range []string{vaultKeys, codecKeys} {
		_, err := os.Stat(m.path(file))
		if errors.Is(err, fs.ErrNotExist) {
			_, err = m.Hourglass(ctx, "keys", "create", m.path(file))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) startProduct(ctx context.Context) error {
	if err := m.chooseProcesses(); err != nil {
		return err
	}
	m.API, m.Worker = m.APIs[0], m.Workers[0]
	starts, ctx := errgroup.WithContext(ctx)
	for _, p := range slices.Compact(slices.Concat(m.APIs, m.Workers)) {
		starts.Go(func() error {
			return m.step("hourglass "+p.name, func() error { return p.Restart(ctx) })
		})
	}
	return starts.Wait()
}

// chooseProcesses settles which processes there are, and starts the proxy before several APIs.
func (m *Machine) chooseProcesses() error {
	if !m.cfg.Split {
		both := []*Process{{machine: m, command: "serve", name: "serve", listen: loopback(m.cfg.Port), ready: (*Process).bothReady}}
		m.APIs, m.Workers = both, both
		return nil
	}
	var listening []string
	for i := range max(m.cfg.Each, 1) {
		listen, suffix := loopback(m.cfg.Port), ""
		if m.cfg.Each > 1 {
			port, err := process.FreePort()
			if err != nil {
				return err
			}
			listen, suffix = loopback(port), fmt.Sprintf("-%d", i+1)
		}
		listening = append(listening, listen)
		m.APIs = append(m.APIs, &Process{machine: m, command: "api", name: "api" + suffix, listen: listen, ready: (*Process).apiReady})
		m.Workers = append(m.Workers, &Process{machine: m, command: "worker", name: "worker" + suffix, ready: (*Process).workerReady})
	}
	if len(listening) == 1 {
		return nil
	}
	var err error
	m.balancer, err = balance(m.cfg.Port, listening)
	return err
}

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
