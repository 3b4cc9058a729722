package main

import (
	"context"
	"fmt"
	"io"

	"hourglass/internal/store"
)

type migrateCommand struct{}

func (migrateCommand) Run(ctx context.Context, out io.Writer) error {
	s, err := openStore(ctx)
	if err != nil {
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
	s, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	verdict, err := s.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if !verdict.OK() {
		return fmt.Errorf("the audit log is broken: %s", verdict)
	}
	_, err = fmt.Fprintf(out, "the audit log is whole: %s\n", verdict)
	return err
}

// openStore is for commands that need the database and nothing else.
func openStore(ctx context.Context) (*store.Store, error) {
	s, err := readSettings()
	if err != nil {
		return nil, err
	}
	opened, err := store.Open(ctx, s.DatabaseURL, store.WithLogger(newLogger(s)))
	if err != nil {
		return nil, asMistakes([]error{named("DATABASE_URL", err)})
	}
	return opened, nil
}
