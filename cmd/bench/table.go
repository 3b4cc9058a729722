package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// section is what one line of the bench measured.
type section struct {
	number int
	title  string
	rows   []row
	// details are the absolute numbers behind the rows.
	details []string
}

func (s *section) add(r row) { s.rows = append(s.rows, r) }

func (s *section) detail(format string, values ...any) {
	s.details = append(s.details, fmt.Sprintf(format, values...))
}

// row compares one figure of ours with one of somebody else's. Both have one value per run.
type row struct {
	what, beside string
	unit         unit
	ours, theirs []float64
	target       *target
}

// target is what the product set itself.
type target struct {
	atLeast bool // otherwise at most
	value   float64
	// ours: it is about our own figure, and not about the ratio.
	ours bool
}

func atLeast(ratio float64) *target    { return &target{atLeast: true, value: ratio} }
func atMost(ratio float64) *target     { return &target{value: ratio} }
func atMostOurs(value float64) *target { return &target{value: value, ours: true} }

func (r row) ratios() []float64 {
	ratios := make([]float64, min(len(r.ours), len(r.theirs)))
	for i := range ratios {
		ratios[i] = r.ours[i] / r.theirs[i]
	}
	return ratios
}

func (t *target) String() string {
	switch {
	case t == nil:
		return ""
	case t.atLeast:
		return fmt.Sprintf(">= %.2f", t.value)
	case t.ours:
		return fmt.Sprintf("<= %.0f", t.value)
	}
	return fmt.Sprintf("<= %.2f", t.value)
}

// met judges the median; nothing where there is no target.
func (r row) met() string {
	if r.target == nil {
		return ""
	}
	judged := median(r.ratios())
	if r.target.ours {
		judged = median(r.ours)
	}
	if r.target.atLeast && judged >= r.target.value || !r.target.atLeast && judged <= r.target.value {
		return "yes"
	}
	return "NO"
}

// unit writes a figure.
type unit func(float64) string

func perSecond(v float64) string { return fmt.Sprintf("%.2f/s", v) }
func count(v float64) string     { return fmt.Sprintf("%.0f", v) }
func seconds(v float64) string {
	switch d := time.Duration(v * float64(time.Second)); {
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}

// report prints the one table, then what is behind it.
func report(out io.Writer, sections []section, facts []string) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "line\tmeasured\tHourglass\tbeside\t\tratio\tmin–max\ttarget\tmet")
	for _, s := range sections {
		for _, r := range s.rows {
			ratios := r.ratios()
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%.2f\t%.2f–%.2f\t%s\t%s\n", s.number, r.what,
				r.unit(median(r.ours)), r.beside, r.unit(median(r.theirs)),
				median(ratios), quantile(ratios, 0), quantile(ratios, 1), r.target, r.met())
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, s := range sections {
		fmt.Fprintf(out, "\nBehind line %d, %s:\n", s.number, s.title)
		for _, d := range s.details {
			fmt.Fprintf(out, "  %s\n", d)
		}
	}
	_, err := fmt.Fprintf(out, "\nMeasured on: %s\n", strings.Join(facts, "; "))
	return err
}
