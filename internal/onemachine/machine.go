package onemachine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"hourglass/internal/entrasim"
	"hourglass/internal/store"
	"hourglass/internal/temporalserver"
)

// Config says what to start. Only Dir is needed: the rest defaults to free ports, SQLite in Dir, one process
// for API and worker, and no data.
type Config struct {
	// Dir keeps everything. One machine at a time can use it.
	Dir string
	// Binary is the product; "" = the one beside our own executable, or else a build of ./cmd/hourglass into Dir.
	Binary string
	// Earlier is an earlier version of the product, whose API and worker run on what Binary has migrated, until Upgrade.
	Earlier string
	// Split runs `hourglass api` and `hourglass worker` instead of `hourglass serve`.
	Split bool
	// Each is how many APIs and how many workers Split starts; 0 is one of each. Several need PostgreSQL, and have a proxy
	// before them.
	Each int
	// DatabaseURL is as for HOURGLASS_DATABASE_URL.
	DatabaseURL string
	// Port of the portal, which people reach at http://localhost:PORT.
	Port int
	// Temporal is the server to start, if its Program is set; otherwise a development server is.
	Temporal temporalserver.Config
	// TemporalDatabases are where such a server keeps its data, for Search: URLs of PostgreSQL.
	TemporalDatabases []string
	// UI serves Temporal's web interface, on UIPort or a free one.
	UI     bool
	UIPort int
	// Microsoft says where the stand-in listens. Its Dir is set by Start.
	Microsoft entrasim.Config
	// Sample adds the sample people, customers and profiles that are not there yet.
	Sample bool
	// Env is added to the environment of the product, as NAME=value.
	Env []string
	// Progress hears of each step when it begins; the function that it returns, when it ends.
	Progress func(step string) (done func(error))
}

// Machine is everything, running. Its parts may be killed and restarted by several goroutines.
type Machine struct {
	Sim      *entrasim.Sim
	Temporal *temporalserver.Server
	// Store is our own connection to the product's database.
	Store *store.Store
	// API and Worker are the same process unless Config.Split, and the first of APIs and Workers.
	API, Worker   *Process
	APIs, Workers []*Process

	cfg      Config
	lock     *folderLock
	balancer *balancer     // before several APIs
	raw      client.Client // sees what Temporal stores, as it is stored
	closed   bool
	closeErr error

	logging sync.Mutex
	logs    []*os.File
}

// Start starts everything and returns once it is ready. ctx bounds the start alone. Errors: ErrInUse,
// ErrPortTaken, temporalserver.ErrNoBinary, and what the parts say.
func Start(ctx context.Context, cfg Config) (*Machine, error) {
	if cfg.Progress == nil {
		cfg.Progress = func(string) func(error) { return func(error) {} }
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	cfg.Dir = dir
	m := &Machine{cfg: cfg}
	if err := m.start(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func (m *Machine) start(ctx context.Context) error {
	if err := m.prepare(); err != nil {
		return err
	}
	// What takes longest, side by side.
	starts, together := errgroup.WithContext(ctx)
	starts.Go(func() error { return m.step("Temporal server", func() error { return m.startTemporal(together) }) })
	starts.Go(func() error {
		for _, s := range []struct {
			name string
			do   func() error
		}{
			{"product binary", func() error { return m.findBinary(together) }},
			{"stand-in for Microsoft", m.startMicrosoft},
			{"keysets", func() error { return m.createKeys(together) }},
			{"database", func() error { return m.openDatabase(together) }},
		} {
			if err := m.step(s.name, s.do); err != nil {
				return err
			}
		}
		return nil
	})
	if err := starts.Wait(); err != nil {
		return err
	}
	return m.startProduct(ctx)
}

func (m *Machine) step(name string, do func() error) error {
	done := m.cfg.Progress(name)
	err := do()
	done(err)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (m *Machine) prepare() error {
	for _, folder := range []string{m.cfg.Dir, m.path("logs")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
	}
	var err error
	if m.lock, err = lockFolder(m.cfg.Dir); err != nil {
		return err
	}
	if m.cfg.Port, err = choosePort(m.cfg.Port); err != nil {
		return err
	}
	if m.cfg.UI {
		if m.cfg.UIPort, err = choosePort(m.cfg.UIPort); err != nil {
			return err
		}
	}
	if m.cfg.DatabaseURL == "" {
		m.cfg.DatabaseURL = "sqlite:" + m.path("hourglass.db")
	}
	return nil
}

func (m *Machine) startTemporal(ctx context.Context) error {
	log, err := m.openLog("temporal")
	if err != nil {
		return err
	}
	server := m.cfg.Temporal
	if server.Program == nil {
		server = temporalserver.Config{
			DBFile: m.path("temporal.db"), UI: m.cfg.UI, UIPort: m.cfg.UIPort, CodecEndpoint: m.PublicURL() + "/api/v1/codec",
		}
	}
	server.Log = log
	if m.Temporal, err = temporalserver.Start(ctx, server); err != nil {
		return err
	}
	m.raw, err = client.NewLazyClient(client.Options{
		HostPort: m.Temporal.Address(), Namespace: m.Temporal.Namespace(), Logger: slog.New(slog.DiscardHandler),
	})
	return err
}

func (m *Machine) startMicrosoft() error {
	log, err := m.openLog("microsoft")
	if err != nil {
		return err
	}
	cfg := m.cfg.Microsoft
	cfg.Dir = m.path("microsoft")
	cfg.Logger = slog.New(slog.NewJSONHandler(log, nil))
	if m.Sim, err = entrasim.Start(cfg); err != nil {
		return err
	}
	return m.Sim.SeedSamples(m.PublicURL() + "/connect")
}

func (m *Machine) openDatabase(ctx context.Context) error {
	if _, err := m.Hourglass(ctx, "migrate"); err != nil {
		return err
	}
	var err error
	if m.Store, err = store.Open(ctx, m.cfg.DatabaseURL, store.WithLogger(slog.New(slog.DiscardHandler))); err != nil {
		return err
	}
	if m.cfg.Sample {
		return addSample(ctx, m.Store)
	}
	return nil
}

// PublicURL is where people reach the portal.
func (m *Machine) PublicURL() string { return fmt.Sprintf("http://localhost:%d", m.cfg.Port) }

// Dir is the folder that holds everything.
func (m *Machine) Dir() string { return m.cfg.Dir }

func (m *Machine) path(name string) string { return filepath.Join(m.cfg.Dir, name) }

func (m *Machine) openLog(name string) (*os.File, error) {
	log, err := os.OpenFile(m.path(filepath.Join("logs", name+".log")), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", name, err)
	}
	m.logging.Lock()
	defer m.logging.Unlock()
	m.logs = append(m.logs, log)
	return log, nil
}

// Close stops everything: first the product, which finishes what it is at, then what it needs. A second Close
// does nothing. Grants that are live stay so; their workflows go on after the next Start.
func (m *Machine) Close() error {
	if m.closed {
		return m.closeErr
	}
	m.closed = true
	var errs []error
	if m.balancer != nil {
		errs = append(errs, m.balancer.stop())
	}
	for _, p := range slices.Concat(m.APIs, m.Workers) {
		errs = append(errs, p.Stop())
	}
	if m.Store != nil {
		errs = append(errs, m.Store.Close())
	}
	if m.raw != nil {
		m.raw.Close()
	}
	if m.Temporal != nil {
		errs = append(errs, m.Temporal.Stop())
	}
	if m.Sim != nil {
		errs = append(errs, m.Sim.Close())
	}
	for _, log := range m.logs {
		errs = append(errs, log.Close())
	}
	if m.lock != nil {
		errs = append(errs, m.lock.release())
	}
	m.closeErr = errors.Join(errs...)
	return m.closeErr
}
