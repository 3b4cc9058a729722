package bulk

import (
	"time"

	"hourglass/internal/access"
)

// Outcome is what a line does.
type Outcome string

const (
	Create    Outcome = "create"
	Change    Outcome = "change"
	Remove    Outcome = "remove"
	Unchanged Outcome = "unchanged"
	// Refused: the line has problems, and because of it nothing of the file is done.
	Refused Outcome = "problem"
)

// Report says of every line of a file what it does.
type Report struct {
	// Lines are in the order of the file.
	Lines []Line
	// Count is how many lines have each outcome.
	Count map[Outcome]int
}

// Refused reports whether a problem keeps the file from being imported.
func (r Report) Refused() bool { return r.Count[Refused] > 0 }

// Line is one line of a file.
type Line struct {
	// Number is as an editor counts, the header being line 1. A line with line breaks in its cells has its first.
	Number int
	// What the line is about, for people.
	What    string
	Outcome Outcome
	// Changes are the cells that become others, for Change.
	Changes  []Cell
	Problems []Problem
	// Invitation is for a person whom a real import adds.
	Invitation *Invitation
}

// Cell is a value before and after a change.
type Cell struct{ Column, Before, After string }

// Problem is one thing that stands against a line.
type Problem struct {
	// Column is "" where it is about the line as a whole.
	Column string
	// Code is stable.
	Code string
	// Advice is a sentence that says what to do.
	Advice string
}

// Invitation is a one-time link with which a person enrols their first passkey. It is shown once.
type Invitation struct {
	Token     access.Secret
	ExpiresAt time.Time
}
