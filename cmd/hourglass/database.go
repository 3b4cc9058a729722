package main

import (
	"context"
	"fmt"
	"io"

	"hourglass/internal/store"
)

type migrateCommand struct{}

func (migrateCommand) Run(ctx context.Context, out io.Writer) error {
	var m mistakes
	_, s := openStore(ctx, &m)
	if err := m.err(); err != nil {
		return err
	}
	defer s.Close()
	pending, err := s.Pending(ctx)
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d migrations applied; the database is up to date\n", pending)
	return err
}

type auditCommands struct {
	Verify auditVerifyCommand `cmd:"" help:"Check the whole hash chain. Exit status 1 where it is broken."`
}

type auditVerifyCommand struct{}

func (auditVerifyCommand) Run(ctx context.Context, out io.Writer) error {
	var m mistakes
	_, s := openStore(ctx, &m)
	m.note(upToDate(ctx, s))
	if err := m.err(); err != nil {
		return err
	}
	defer s.Close()
	verdict, err := s.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if !verdict.OK() {
		return fmt.Errorf("the audit log is broken at record %d: %s; %d records before it are sound", verdict.FirstBad, verdict.Problem, verdict.Records)
	}
	_, err = fmt.Fprintf(out, "the audit log is whole: %d records, the last with hash %x\n", verdict.Records, verdict.Head.Hash)
	return err
}

// openStore is for commands that need the database and nothing else.
func openStore(ctx context.Context, m *mistakes) (settings, *store.Store) {
	s := readSettings(m)
	opened, err := store.Open(ctx, s.DatabaseURL, store.WithLogger(newLogger(s)))
	m.note(named("DATABASE_URL", err))
	return s, opened
}

// upToDate refuses a database that an older version left. A store that could not be opened is not asked.
func upToDate(ctx context.Context, s *store.Store) error {
	if s == nil {
		return nil
	}
	pending, err := s.Pending(ctx)
	if err != nil {
		return named("DATABASE_URL", err)
	}
	if pending > 0 {
		return fmt.Errorf("%d database migrations have not been applied: run hourglass migrate", pending)
	}
	return nil
}
