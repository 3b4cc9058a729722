package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"hourglass/internal/access"
	"hourglass/internal/postgrestest"
	"hourglass/internal/store"
)

// auditAppends is line 7: an operation of the store that writes one row and one audit record, beside bare inserts
// of the same two rows in one transaction, into tables without triggers.
func auditAppends(ctx context.Context, s *stage) (section, error) {
	server, err := postgrestest.Durable()
	if err != nil {
		return section{}, err
	}
	defer server.Stop()
	result := section{}
	file := filepath.Join(s.machine.Dir(), "audit.db")
	for _, database := range []struct {
		name, url    string
		driver, bare string
		// connections of the bare inserts: SQLite has one writer, and polling for its lock would only slow it down.
		connections int
	}{
		{name: "SQLite", url: "sqlite:" + file, driver: "sqlite", connections: 1,
			bare: "file:" + file + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"},
		{name: "PostgreSQL", url: server.URL(), driver: "pgx", bare: server.URL(), connections: 8},
	} {
		house, err := store.Open(ctx, database.url, store.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			return section{}, err
		}
		defer house.Close()
		if err := house.Migrate(ctx); err != nil {
			return section{}, err
		}
		bare, err := openBare(ctx, database.driver, database.bare, database.connections)
		if err != nil {
			return section{}, err
		}
		defer bare.Close()
		for _, writers := range []int{1, 8} {
			r := row{what: fmt.Sprintf("audit appends, %s, writers: %d", database.name, writers), beside: "bare inserts", unit: perSecond}
			for range s.Runs {
				n := writers * s.sizes.appends
				ours, err := rate(ctx, n, writers, func(ctx context.Context, _ int) error { return addPerson(ctx, house) })
				if err != nil {
					return section{}, err
				}
				rows, err := bare.copyLast(ctx, n)
				if err != nil {
					return section{}, err
				}
				theirs, err := rate(ctx, n, writers, func(ctx context.Context, i int) error { return bare.insert(ctx, rows[i]) })
				if err != nil {
					return section{}, err
				}
				r.ours, r.theirs = append(r.ours, ours), append(r.theirs, theirs)
			}
			result.add(r)
		}
	}
	result.detail("ours: a person and the record of it, the chain's head locked and moved, two triggers that keep the log append-only; every commit synced to disk on both sides")
	return result, nil
}

// rate is how many a second.
func rate(ctx context.Context, n, writers int, do func(context.Context, int) error) (float64, error) {
	began := time.Now()
	err := atOnce(ctx, n, writers, do)
	return float64(n) / time.Since(began).Seconds(), err
}

func addPerson(ctx context.Context, house *store.Store) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	name, err := access.NewName("Ada")
	if err != nil {
		return err
	}
	handle, err := access.NewHandle("ada" + strings.ReplaceAll(uuid.NewString(), "-", "")[:12])
	if err != nil {
		return err
	}
	return house.AddPerson(ctx, store.Person{
		ID: access.MustID[access.PersonID](id.String()), Name: name, Handle: handle, Roles: []access.MSPRole{access.Technician},
	}, store.Actor{})
}

// bareTables are copies of two tables with their primary keys and nothing else.
type bareTables struct {
	*sql.DB
	driver string
}

var copied = []struct{ table, key string }{{"people", "id"}, {"audit_records", "seq"}}

func openBare(ctx context.Context, driver, url string, connections int) (*bareTables, error) {
	db, err := sql.Open(driver, url)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	for _, c := range copied {
		for _, statement := range []string{
			fmt.Sprintf("CREATE TABLE bare_%[1]s AS SELECT * FROM %[1]s WHERE 1 = 0", c.table),
			fmt.Sprintf("CREATE UNIQUE INDEX bare_%[1]s_key ON bare_%[1]s (%[2]s)", c.table, c.key),
		} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return nil, fmt.Errorf("bare tables: %w", err)
			}
		}
	}
	return &bareTables{db, driver}, nil
}

// pair is a row of each table, as the driver reads it.
type pair [2][]any

// copyLast reads the rows that the store wrote last.
func (b *bareTables) copyLast(ctx context.Context, n int) ([]pair, error) {
	pairs := make([]pair, n)
	for side, c := range copied {
		rows, err := b.QueryContext(ctx, fmt.Sprintf("SELECT * FROM %s ORDER BY %s DESC LIMIT %d", c.table, c.key, n))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		for i := 0; rows.Next(); i++ {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for c := range into {
				into[c] = &values[c]
			}
			if err := rows.Scan(into...); err != nil {
				return nil, err
			}
			pairs[i][side] = values
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// insert writes the two rows in one transaction.
func (b *bareTables) insert(ctx context.Context, p pair) error {
	tx, err := b.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for side, c := range copied {
		if _, err := tx.ExecContext(ctx, b.statement(c.table, len(p[side])), p[side]...); err != nil {
			return fmt.Errorf("bare insert: %w (%w)", err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func (b *bareTables) statement(table string, columns int) string {
	marks := make([]string, columns)
	for i := range marks {
		marks[i] = "?"
		if b.driver == "pgx" {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
	}
	return fmt.Sprintf("INSERT INTO bare_%s VALUES (%s)", table, strings.Join(marks, ", "))
}
