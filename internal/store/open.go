package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	sqlitedriver "modernc.org/sqlite" // without cgo

	"hourglass/internal/access"
)

// Store is the database. Its methods may be called from many goroutines.
type Store struct {
	db      *gorm.DB
	dialect dialect
	// writer holds one token where the database admits one writer at a time; nil where it admits many.
	writer chan struct{}
	clock  func() time.Time
	log    *slog.Logger
	// leftOut counts the rows that lists lack because they cannot be read.
	leftOut atomic.Uint64
}

// dialect is what differs between the two databases, besides their migrations.
type dialect string

const (
	postgreSQL dialect = "postgres"
	sqLite     dialect = "sqlite"
)

// Option changes how a Store works.
type Option func(*Store)

// WithClock replaces time.Now.
func WithClock(now func() time.Time) Option { return func(s *Store) { s.clock = now } }

// WithLogger replaces slog.Default. The store logs transactions that it repeats and which rows it cannot
// read, and no row.
func WithLogger(l *slog.Logger) Option { return func(s *Store) { s.log = l } }

// Open connects to "postgres://…" or "sqlite:/path/to/file.db" and refuses any other URL. The
// SQLite file is made, readable by its owner alone, where there is none. Open applies no migration.
func Open(ctx context.Context, url string, opts ...Option) (*Store, error) {
	s := &Store{clock: time.Now, log: slog.Default()}
	for _, opt := range opts {
		opt(s)
	}
	dialector, err := s.connect(url)
	if err != nil {
		return nil, err
	}
	s.db, err = gorm.Open(dialector, &gorm.Config{
		// gorm's own logger would print rows.
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
		QueryFields:            true, // see named_columns.go
		DisableAutomaticPing:   true,
	})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := s.Ping(ctx); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return s, nil
}

func (s *Store) connect(databaseURL string) (gorm.Dialector, error) {
	scheme, rest, _ := strings.Cut(databaseURL, ":")
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		s.dialect = postgreSQL
		conn, err := openPostgreSQL(databaseURL)
		return postgres.New(postgres.Config{Conn: conn}), err
	case scheme == "sqlite" && rest != "" && !strings.HasPrefix(rest, ":"):
		s.dialect, s.writer = sqLite, make(chan struct{}, 1)
		conn, err := openSQLite(rest)
		return sqlite.New(sqlite.Config{Conn: conn}), err
	}
	// The URL may hold a password, so it is not repeated.
	return nil, fmt.Errorf(`%w: a database URL is "postgres://…" or "sqlite:/path/to/file.db"`, access.ErrInvalid)
}

func openPostgreSQL(databaseURL string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("%w: the PostgreSQL URL cannot be read", access.ErrInvalid)
	}
	conn := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		// A commit that is reported must be durable (end-before-beginning), whatever the server's
		// default; and a process that hangs must not hold the head of the audit log for ever.
		_, err := c.Exec(ctx, `SELECT
			set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
			set_config('idle_in_transaction_session_timeout', '30s', false)`)
		return err
	}))
	conn.SetMaxOpenConns(20)
	conn.SetMaxIdleConns(20)
	conn.SetConnMaxIdleTime(5 * time.Minute)
	return conn, nil
}

func openSQLite(path string) (*sql.DB, error) {
	// SQLite gives its journal the permissions of the database file.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database file: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open database file: %w", err)
	}
	params := url.Values{
		"_pragma": {
			"busy_timeout(10000)", // ms; for other processes, see Store.writer for this one
			"journal_mode(WAL)",
			"synchronous(FULL)", // a commit survives a loss of power
			"foreign_keys(ON)",
			"recursive_triggers(ON)", // so that a REPLACE cannot pass by the triggers on DELETE
			"secure_delete(ON)",      // a destroyed data key is overwritten
		},
		"_txlock": {"immediate"},
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	connector, err := sqlitedriver.NewConnector("file:" + escaped + "?" + params.Encode())
	if err != nil {
		return nil, fmt.Errorf("open database file: %w", err)
	}
	conn := sql.OpenDB(keepingConnector{connector})
	conn.SetMaxOpenConns(8)
	conn.SetMaxIdleConns(8)
	return conn, nil
}

// Close closes the connections.
func (s *Store) Close() error {
	conn, err := s.db.DB()
	if err != nil {
		return err
	}
	return conn.Close()
}

// Ping asks the database for an answer.
func (s *Store) Ping(ctx context.Context) error {
	conn, err := s.db.DB()
	if err != nil {
		return err
	}
	return conn.PingContext(ctx)
}

// now is the clock's instant.
func (s *Store) now() time.Time { return micro(s.clock()) }

// micro is t as both databases can hold it: UTC, whole microseconds.
func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// orNow is for instants that callers may leave to the store.
func (s *Store) orNow(t time.Time) time.Time {
	if t.IsZero() {
		return s.now()
	}
	return t
}
