package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"

	"hourglass/activities"
	"hourglass/internal/connect"
	"hourglass/internal/engine"
	"hourglass/internal/entra"
	"hourglass/internal/logs"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/internal/telemetry"
	"hourglass/worker"
)

// rooms are the parts of the house that API and worker have in common.
type rooms struct {
	settings settings
	log      *slog.Logger
	store    *store.Store
	vault    *seal.Vault
	codec    *seal.Codec
	temporal client.Client
	// namespace is Temporal's.
	namespace string
	engine    *engine.Engine
	metrics   *telemetry.Metrics
	tracing   *telemetry.Tracing
}

// openRooms notes every mistake in the settings of these parts. The rooms can be used only if there was none.
func openRooms(ctx context.Context, s settings, m *mistakes) *rooms {
	r := &rooms{settings: s, log: newLogger(s)}
	var err error
	if r.tracing, err = telemetry.NewTracing(ctx, version, r.log); !m.note(err) {
		r.tracing = &telemetry.Tracing{}
	}
	r.store, err = store.Open(ctx, s.DatabaseURL, store.WithLogger(r.log))
	m.note(named("DATABASE_URL", err))
	r.metrics = telemetry.NewMetrics(version, r.store.Census, r.log)
	if s.MetricsListen != "" {
		m.note(named("METRICS_LISTEN", checkAddress(s.MetricsListen)))
	}
	keys, err := keyset("KEYSET", s.Keyset, s.KeysetFile)
	haveKeys := m.note(err)
	codecKeys, err := keyset("CODEC_KEYSET", s.CodecKeyset, s.CodecKeysetFile)
	if m.note(err) && haveKeys && m.note(seal.Distinct(keys, codecKeys)) {
		r.vault, r.codec = seal.NewVault(keys), seal.NewCodec(codecKeys)
		r.temporal, r.namespace, err = engine.Connect(r.codec, r.log, func(options *client.Options) error {
			return telemetry.ObserveTemporal(options, r.metrics, r.tracing, r.log)
		})
		m.note(err)
	} else {
		m.note(engine.CheckSettings()) // so that they are in the same list
	}
	r.engine = engine.New(r.temporal, r.namespace, r.store)
	return r
}

func (r *rooms) close() {
	if r.temporal != nil {
		r.temporal.Close()
	}
	if err := r.tracing.Close(context.Background()); err != nil {
		r.log.Warn("the last traces were not delivered", "error", err)
	}
	if r.store == nil {
		return
	}
	if err := r.store.Close(); err != nil {
		r.log.Error("closing the database failed", "error", err)
	}
}

// connectMicrosoft makes the client for all customers' tenants; it does not call anybody yet.
func (r *rooms) connectMicrosoft(m *mistakes) *entra.Client {
	cfg := r.entraConfig()
	cfg.Apps = r.apps()
	cfg.ClientSecret, cfg.ClientCertificateFile = r.settings.clientSecret(), r.settings.Entra.ClientCertificateFile
	microsoft, err := entra.New(cfg)
	m.note(named("ENTRA_…", err))
	return microsoft
}

// signInHost is all that the API asks of Microsoft.
func (r *rooms) signInHost() (*entra.SignInHost, error) {
	return entra.NewSignInHost(r.entraConfig(), r.settings.PublicURL+"/connect")
}

// apps opens the keys of customers' own apps.
func (r *rooms) apps() connect.Apps { return connect.Apps{Store: r.store, Vault: r.vault, Log: r.log} }

// entraConfig is without the app's secret, which only the worker needs.
func (r *rooms) entraConfig() entra.Config {
	s := r.settings.Entra
	return entra.Config{
		AuthorityURL: s.AuthorityURL, GraphURL: s.GraphURL, CAFile: s.CAFile, ClientID: s.ClientID, Logger: r.log,
		OnCall: func(ctx context.Context, e entra.Exchange) {
			r.metrics.MicrosoftCall(e)
			r.tracing.MicrosoftCall(ctx, e)
		},
	}
}

func (r *rooms) newWorker(microsoft *entra.Client) *worker.Worker {
	effects := activities.New(activities.Config{
		Store: r.store, Entra: microsoft, Vault: r.vault, Logger: r.log,
		OnReady: r.metrics.Ready, OnEnded: r.metrics.Ended,
	})
	options := worker.Defaults()
	if sticky := r.settings.Worker.StickyTimeout; sticky > 0 {
		options.StickyScheduleToStartTimeout = sticky
	}
	w := worker.New(r.temporal, effects, r.store, r.engine, r.log, options)
	w.OnRound(r.metrics.Round)
	return w
}

func (r *rooms) newConnector(microsoft *entra.Client) *connect.Connector {
	return connect.New(connect.Config{
		Store: r.store, Entra: microsoft, Apps: r.apps(), SecretEnds: r.settings.Entra.ClientSecretExpires.Time, Log: r.log,
	})
}

// keyset reads a keyset from the variable or the file, whichever is set.
func keyset(name, value, file string) (*seal.Keyset, error) {
	switch {
	case value != "" && file != "":
		return nil, bothSet(name)
	case file != "":
		keys, err := seal.LoadKeyset(file)
		return keys, named(name+"_FILE", err)
	case value != "":
		keys, err := seal.ParseKeyset(seal.ClearKeyset(value))
		return keys, named(name, err)
	}
	return nil, fmt.Errorf("%s%s_FILE is not set: make a keyset with hourglass keys create FILE", prefix, name)
}

func named(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s%s: %w", prefix, name, err)
}

func newLogger(s settings) *slog.Logger {
	log := logs.New(os.Stderr, s.LogLevel)
	slog.SetDefault(log)
	return log
}
