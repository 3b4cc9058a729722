package access

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	longestReason = 500
	longestTicket = 64
	longestName   = 120
)

// Reason is why a technician wants access: 1 to 500 characters of printable text.
type Reason struct{ text string }

// NewReason trims, and refuses control characters and over-long text. An empty reason is the zero value.
func NewReason(s string) (Reason, error) {
	text, err := line(s, longestReason, "a reason")
	return Reason{text}, err
}

func (r Reason) String() string { return r.text }
func (r Reason) IsZero() bool   { return r.text == "" }

// Ticket is the number of the ticket behind a request: 1 to 64 characters without spaces.
type Ticket struct{ text string }

// NewTicket trims, and refuses white space inside and over-long text. An empty ticket is the zero value.
func NewTicket(s string) (Ticket, error) {
	text, err := line(s, longestTicket, "a ticket number")
	if err == nil && strings.ContainsFunc(text, unicode.IsSpace) {
		return Ticket{}, fmt.Errorf("%w: a ticket number holds no spaces", ErrInvalid)
	}
	return Ticket{text}, err
}

func (t Ticket) String() string { return t.text }
func (t Ticket) IsZero() bool   { return t.text == "" }

// Name is what people call a customer, a person, a team or a profile: 1 to 120 characters on one line.
type Name struct{ text string }

// NewName trims, and refuses empty and over-long names and control characters.
func NewName(s string) (Name, error) {
	text, err := line(s, longestName, "a name")
	if err == nil && text == "" {
		return Name{}, fmt.Errorf("%w: a name is not empty", ErrInvalid)
	}
	return Name{text}, err
}

func (n Name) String() string { return n.text }

// line is one line of text for people. Control and formatting characters are refused, except the
// marks and joiners that right-to-left and Indic scripts need: they could forge a log or a screen.
func line(s string, longest int, what string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%w: %s is UTF-8 text", ErrInvalid, what)
	}
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > longest {
		return "", fmt.Errorf("%w: %s has at most %d characters", ErrInvalid, what, longest)
	}
	for _, r := range s {
		if unicode.IsControl(r) || (unicode.Is(unicode.Cf, r) && !strings.ContainsRune("\u200c\u200d\u200e\u200f", r)) {
			return "", fmt.Errorf("%w: %s is one line without control characters", ErrInvalid, what)
		}
	}
	return s, nil
}
