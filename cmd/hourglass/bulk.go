package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"

	"hourglass/internal/bulk"
	"hourglass/internal/store"
)

// bulkList is the list that a command is about.
type bulkList struct {
	List store.List `arg:"" enum:"customers,people,entitlements" help:"customers, people or entitlements."`
}

type exportCommand struct{ bulkList }

func (c exportCommand) Run(ctx context.Context, out io.Writer) error {
	var m mistakes
	_, s := openStore(ctx, &m)
	m.note(upToDate(ctx, s))
	if err := m.err(); err != nil {
		return err
	}
	defer s.Close()
	write, err := (&bulk.Service{Store: s}).Export(ctx, c.List)
	if err != nil {
		return err
	}
	return write(out)
}

type importCommand struct {
	bulkList
	File   string `arg:"" help:"CSV file, or - for what comes in."`
	DryRun bool   `negatable:"" help:"Say what would be done, and do nothing."`
}

var errImportRefused = errors.New("nothing was imported: correct these lines and import the whole file again")

func (c importCommand) Run(ctx context.Context, out io.Writer) error {
	var m mistakes
	s, house := openStore(ctx, &m)
	m.note(upToDate(ctx, house))
	passkeys := newPasskeys(s, house, &m)
	if err := m.err(); err != nil {
		return err
	}
	defer house.Close()
	file := os.Stdin
	if c.File != "-" {
		var err error
		if file, err = os.Open(c.File); err != nil {
			return err
		}
		defer file.Close()
	}
	service := &bulk.Service{Store: house, Invite: passkeys.DrawEnrolment, NewID: uuid.NewString, Clock: time.Now}
	report, err := c.run(ctx, service, file)
	if errors.Is(err, bulk.ErrTooLong) {
		return fmt.Errorf("%w: at most %d MiB and %d lines; divide it, with the header in each part", err, bulk.LongestFile>>20, bulk.MostLines)
	}
	if err != nil {
		return err
	}
	if err := c.print(out, s.PublicURL, report); err != nil {
		return err
	}
	if report.Refused() {
		return errImportRefused
	}
	return nil
}

func (c importCommand) run(ctx context.Context, service *bulk.Service, file io.Reader) (bulk.Report, error) {
	if c.DryRun {
		return service.Try(ctx, c.List, file)
	}
	return service.Import(ctx, c.List, file, store.Actor{})
}

// print leaves out the lines that change nothing, and where there are problems all others. A link is shown here and
// nowhere else.
func (c importCommand) print(out io.Writer, publicURL string, report bulk.Report) error {
	for _, l := range report.Lines {
		if l.Outcome == bulk.Unchanged || report.Refused() && l.Outcome != bulk.Refused {
			continue
		}
		if l.Outcome != bulk.Refused {
			if _, err := fmt.Fprintf(out, "line %d: %s %s\n", l.Number, l.Outcome, l.What); err != nil {
				return err
			}
		}
		for _, change := range l.Changes {
			if _, err := fmt.Fprintf(out, "    %s: %q becomes %q\n", change.Column, change.Before, change.After); err != nil {
				return err
			}
		}
		for _, p := range l.Problems {
			if _, err := fmt.Fprintf(out, "line %d: %s%s\n", l.Number, inColumn(p.Column), p.Advice); err != nil {
				return err
			}
		}
		if l.Invitation != nil {
			if _, err := fmt.Fprintf(out, "    %s/enrol#%s\n", publicURL, l.Invitation.Token.Reveal()); err != nil {
				return err
			}
		}
	}
	done := "imported"
	switch {
	case report.Refused():
		done = "refused"
	case c.DryRun:
		done = "dry run, nothing was changed"
	}
	n := report.Count
	_, err := fmt.Fprintf(out, "%s: create %d, change %d, remove %d, unchanged %d, problems %d\n",
		done, n[bulk.Create], n[bulk.Change], n[bulk.Remove], n[bulk.Unchanged], n[bulk.Refused])
	return err
}

func inColumn(column string) string {
	if column == "" {
		return ""
	}
	return column + ": "
}
