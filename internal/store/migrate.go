package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// Migrate applies the migrations that have not been applied yet; there is no way back. On PostgreSQL
// several processes may call it at once.
func (s *Store) Migrate(ctx context.Context) error {
	var opts []goose.ProviderOption
	if s.dialect == postgreSQL {
		// Asks every second, for up to five minutes.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := s.migrations(opts...)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Pending counts the migrations that have not been applied yet.
func (s *Store) Pending(ctx context.Context) (int, error) {
	provider, err := s.migrations()
	if err != nil {
		return 0, err
	}
	statuses, err := provider.Status(ctx)
	if err != nil {
		return 0, fmt.Errorf("pending migrations: %w", err)
	}
	pending := 0
	for _, status := range statuses {
		if status.State == goose.StatePending {
			pending++
		}
	}
	return pending, nil
}

func (s *Store) migrations(opts ...goose.ProviderOption) (*goose.Provider, error) {
	conn, err := s.db.DB()
	if err != nil {
		return nil, err
	}
	gooseDialect, folder := goose.DialectPostgres, "migrations/postgres"
	if s.dialect == sqLite {
		gooseDialect, folder = goose.DialectSQLite3, "migrations/sqlite"
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(gooseDialect, conn, files, append(opts, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return nil, fmt.Errorf("read migrations (this is a bug): %w", err)
	}
	return provider, nil
}
