package bulk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// plan is what the lines of a file do to what there is.
type plan struct {
	roster  store.Roster
	now     time.Time
	newID   func() string
	lines   []*line
	changes store.Changes
}

// line is a Line while it is being made.
type line struct {
	Line
	row row
}

// cell is "" where the file does not say.
func (l *line) cell(column string) string { return strings.TrimSpace(l.row.cells[column]) }

// values are those of a cell that may have several.
func (l *line) values(column string) []string { return split(l.row.cells[column]) }

func (l *line) problem(column, code, advice string) {
	l.Outcome = Refused
	l.Problems = append(l.Problems, Problem{Column: column, Code: code, Advice: advice})
}

// becomes notes what differs between two rows of cells.
func (l *line) becomes(columns []column, before, after []string) {
	for i, c := range columns {
		if before[i] != after[i] {
			l.Changes = append(l.Changes, Cell{Column: c.name, Before: before[i], After: after[i]})
		}
	}
	if l.Changes != nil {
		l.Outcome = Change
	}
}

// parsed reads a cell that is not empty; otherwise, and where it cannot be read, value stays.
func parsed[T any](l *line, column string, value *T, parse func(string) (T, error), advice string) {
	cell := l.cell(column)
	if cell == "" {
		return
	}
	v, err := parse(cell)
	if err != nil {
		l.problem(column, "invalid", advice)
		return
	}
	*value = v
}

const (
	adviceName = "Write one line of 1 to 120 characters."
	adviceOnce = "Line %d is about the same. Leave one of the two out."
)

// once notes a problem where an earlier line is about the same thing.
type once map[string]int

func (o once) check(l *line, column, key string) {
	if first, found := o[key]; found {
		l.problem(column, "repeated", fmt.Sprintf(adviceOnce, first))
		return
	}
	o[key] = l.Number
}

// directory finds things by the names that people know them by.
type directory[T any] struct{ exact, folded map[string][]T }

func newDirectory[T any](items []T, name func(T) access.Name) directory[T] {
	d := directory[T]{map[string][]T{}, map[string][]T{}}
	for _, item := range items {
		d.add(name(item), item)
	}
	return d
}

func (d directory[T]) add(name access.Name, item T) {
	d.exact[name.String()] = append(d.exact[name.String()], item)
	d.folded[folded(name.String())] = append(d.folded[folded(name.String())], item)
}

// find returns all that have exactly this name, or else those whose name differs in case alone.
func (d directory[T]) find(name string) []T {
	if found := d.exact[name]; found != nil {
		return found
	}
	return d.folded[folded(name)]
}

func folded(name string) string { return strings.ToLower(name) }

// several separates the values in one cell.
const several = ";"

// join ends each value with a line break where one holds a semicolon: none holds a line break.
func join(values []string) string {
	if !slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, several) }) {
		return strings.Join(values, several+" ")
	}
	return strings.Join(values, "\n") + "\n"
}

// split reads what join wrote.
func split(cell string) (values []string) {
	separator := several
	if strings.Contains(cell, "\n") {
		separator = "\n"
	}
	for value := range strings.SplitSeq(cell, separator) {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}
