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

// openRooms checks all settings of the common parts before it gives up on any of them.
func openRooms(ctx context.Context, s settings) (*rooms, error) {
	r := &rooms{settings: s, log: newLogger(s)}
	var mistakes []error
	note := func(err error) bool {
		if err != nil {
			mistakes = append(mistakes, err)
		}
		return err == nil
	}

	keys, err := keyset("KEYSET", s.Keyset, s.KeysetFile)
	haveKeys := note(err)
	codecKeys, err := keyset("CODEC_KEYSET", s.CodecKeyset, s.CodecKeysetFile)
	if note(err) && haveKeys {
		note(seal.Distinct(keys, codecKeys))
	}
	r.store, err = store.Open(ctx, s.DatabaseURL, store.WithLogger(r.log))
	if note(named("DATABASE_URL", err)) {
		note(r.upToDate(ctx))
	}
	if mistakes != nil {
		return nil, asMistakes(mistakes)
	}

	r.vault = seal.NewVault(keys)
	r.temporal, err = engine.Connect(seal.NewCodec(codecKeys), r.log)
	if err != nil {
		return nil, asMistakes([]error{err})
	}
	r.engine = engine.New(r.temporal, r.store)
	return r, nil
}

func (r *rooms) close() {
	r.temporal.Close()
	if err := r.store.Close(); err != nil {
		r.log.Error("closing the database failed", "error", err)
	}
}

// upToDate refuses a database that an older version left.
func (r *rooms) upToDate(ctx context.Context) error {
	pending, err := r.store.Pending(ctx)
	if err != nil {
		return named("DATABASE_URL", err)
	}
	if pending > 0 {
		return fmt.Errorf("%d database migrations have not been applied: run hourglass migrate", pending)
	}
	return nil
}

func (r *rooms) newWorker() (*worker.Worker, error) {
	s := r.settings
	microsoft, err := entra.New(entra.Config{
		AuthorityURL:          s.Entra.AuthorityURL,
		GraphURL:              s.Entra.GraphURL,
		CAFile:                s.Entra.CAFile,
		ClientID:              s.Entra.ClientID,
		ClientSecret:          s.clientSecret(),
		ClientCertificateFile: s.Entra.ClientCertificateFile,
		Logger:                r.log,
	})
	if err != nil {
		return nil, asMistakes([]error{fmt.Errorf("%sENTRA_…: %w", prefix, err)})
	}
	effects := activities.New(activities.Config{Store: r.store, Entra: microsoft, Vault: r.vault, Logger: r.log})
	return worker.New(r.temporal, effects, r.store, r.engine, r.log, worker.Defaults()), nil
}

// keyset reads a keyset from the variable or the file, whichever is set.
func keyset(name, value, file string) (*seal.Keyset, error) {
	switch {
	case value != "" && file != "":
		return nil, fmt.Errorf("%[1]s%[2]s and %[1]s%[2]s_FILE are both set: keep one", prefix, name)
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
