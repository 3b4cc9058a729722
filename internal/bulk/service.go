package bulk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// Store is what imports and exports need of internal/store.
type Store interface {
	Roster(ctx context.Context, list store.List) (store.Roster, error)
	Import(ctx context.Context, list store.List, plan func(store.Roster) (store.Changes, error), by store.Actor) error
}

// Service imports and exports.
type Service struct {
	Store Store
	// Invite draws a one-time link for somebody new; it stores nothing.
	Invite func(access.PersonID) (access.Secret, store.Enrolment, error)
	// NewID draws a GUID.
	NewID func() string
	Clock func() time.Time
}

// lists is what can be imported and exported.
var lists = map[store.List]struct {
	columns []column
	plan    func(*plan) error
	rows    func(store.Roster) [][]string
}{
	store.CustomerList:    {customerColumns, planCustomers, exportCustomers},
	store.PersonList:      {personColumns, planPeople, exportPeople},
	store.EntitlementList: {entitlementColumns, planEntitlements, exportEntitlements},
}

// Try says what an import of the file would do, and does nothing. Errors: ErrTooLong, and those of reading.
func (s *Service) Try(ctx context.Context, list store.List, file io.Reader) (Report, error) {
	_, read, err := s.read(list, file)
	if err != nil {
		return Report{}, err
	}
	roster, err := s.Store.Roster(ctx, list)
	if err != nil {
		return Report{}, err
	}
	report, _, err := s.plan(list, read, roster)
	return report, err
}

// Import does what the file says: all of it, or nothing where the report is Refused. Errors: as Try.
func (s *Service) Import(ctx context.Context, list store.List, file io.Reader, by store.Actor) (report Report, err error) {
	about, read, err := s.read(list, file)
	if err != nil {
		return Report{}, err
	}
	err = s.Store.Import(ctx, list, func(roster store.Roster) (changes store.Changes, err error) {
		report, changes, err = s.plan(list, read, roster)
		if err != nil || report.Refused() {
			return store.Changes{}, err
		}
		changes.File = about
		return changes, s.invite(&report, &changes)
	}, by)
	return report, err
}

// invite draws a link for everybody new: they are added in the order of their lines.
func (s *Service) invite(report *Report, changes *store.Changes) error {
	added := changes.AddPeople
	for i := range report.Lines {
		if len(added) == 0 || report.Lines[i].Outcome != Create {
			continue
		}
		token, enrolment, err := s.Invite(added[0].ID)
		if err != nil {
			return err
		}
		report.Lines[i].Invitation = &Invitation{Token: token, ExpiresAt: enrolment.ExpiresAt}
		changes.Enrolments = append(changes.Enrolments, enrolment)
		added = added[1:]
	}
	return nil
}

// Export writes what there is at one instant. It is read before the first byte is written, so that a slow reader holds
// nothing in the database.
func (s *Service) Export(ctx context.Context, list store.List) (func(io.Writer) error, error) {
	roster, err := s.Store.Roster(ctx, list)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error { return writeSheet(w, lists[list].columns, lists[list].rows(roster)) }, nil
}

func (s *Service) read(list store.List, file io.Reader) (store.File, sheet, error) {
	content, err := io.ReadAll(io.LimitReader(file, LongestFile+1))
	if err != nil {
		return store.File{}, sheet{}, fmt.Errorf("reading a file: %w", err)
	}
	read, err := readSheet(content, lists[list].columns)
	return store.File{ID: s.NewID(), List: list, Lines: len(read.rows), SHA256: sha256.Sum256(content)}, read, err
}

func (s *Service) plan(list store.List, read sheet, roster store.Roster) (Report, store.Changes, error) {
	p := plan{roster: roster, now: s.Clock(), newID: s.NewID}
	for _, r := range read.rows {
		p.lines = append(p.lines, &line{Line: Line{Number: r.number, Outcome: Unchanged}, row: r})
	}
	if err := lists[list].plan(&p); err != nil {
		return Report{}, store.Changes{}, err
	}
	report := Report{Lines: slices.Clone(read.bad), Count: map[Outcome]int{}}
	for _, l := range p.lines {
		report.Lines = append(report.Lines, l.Line)
	}
	slices.SortStableFunc(report.Lines, func(a, b Line) int { return cmp.Compare(a.Number, b.Number) })
	for i := range report.Lines {
		l := &report.Lines[i]
		report.Count[l.Outcome]++
		// In the order of the file's columns.
		slices.SortStableFunc(l.Problems, func(a, b Problem) int { return cmp.Compare(place(list, a), place(list, b)) })
	}
	return report, p.changes, nil
}

func place(list store.List, p Problem) int {
	return slices.IndexFunc(lists[list].columns, func(c column) bool { return c.name == p.Column })
}
