package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"

	"hourglass/activities"
	"hourglass/internal/engine"
	"hourglass/internal/entra"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/worker"
)

// rooms are the parts of the house that API and worker have in common.
type rooms struct {
	settings settings
	log      *slog.Logger
	store    *store.Store
	vault    *seal.Vault
	temporal client.Client
	engine   *engine.Engine
}

// openRooms notes every mistake in the settings of these parts. The rooms can be used only if there was none.
func openRooms(ctx context.Context, s settings, m *mistakes) *rooms {
	r := &rooms{settings: s, log: newLogger(s)}
	keys, err := keyset("KEYSET", s.Keyset, s.KeysetFile)
	haveKeys := m.note(err)
	codecKeys, err := keyset("CODEC_KEYSET", s.CodecKeyset, s.CodecKeysetFile)
	if m.note(err) && haveKeys && m.note(seal.Distinct(keys, codecKeys)) {
		r.vault = seal.NewVault(keys)
		r.temporal, err = engine.Connect(seal.NewCodec(codecKeys), r.log)
		m.note(err)
	}
	r.store, err = store.Open(ctx, s.DatabaseURL, store.WithLogger(r.log))
	m.note(named("DATABASE_URL", err))
	m.note(upToDate(ctx, r.store))
	r.engine = engine.New(r.temporal, r.store)
	return r
}

func (r *rooms) close() {
	if r.temporal != nil {
		r.temporal.Close()
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
	cfg.ClientSecret, cfg.ClientCertificateFile = r.settings.clientSecret(), r.settings.Entra.ClientCertificateFile
	microsoft, err := entra.New(cfg)
	m.note(named("ENTRA_…", err))
	return microsoft
}

// entraConfig is without the app's secret, which only the worker needs.
func (r *rooms) entraConfig() entra.Config {
	s := r.settings.Entra
	return entra.Config{AuthorityURL: s.AuthorityURL, GraphURL: s.GraphURL, CAFile: s.CAFile, ClientID: s.ClientID, Logger: r.log}
}

func (r *rooms) newWorker(microsoft *entra.Client) *worker.Worker {
	effects := activities.New(activities.Config{Store: r.store, Entra: microsoft, Vault: r.vault, Logger: r.log})
	options := worker.Defaults()
	if sticky := r.settings.Worker.StickyTimeout; sticky > 0 {
		options.StickyScheduleToStartTimeout = sticky
	}
	return worker.New(r.temporal, effects, r.store, r.engine, r.log, options)
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
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: s.LogLevel}))
	slog.SetDefault(log)
	return log
}
