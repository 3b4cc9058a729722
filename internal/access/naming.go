package access

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// AccountTemplate is how the accounts at a customer are called, such as "hg-{handle}". It can only hold what gives every
// person a legal name that points to them; the zero value is "hg-{handle}".
type AccountTemplate struct{ text string }

// DisplayTemplate is the name that the accounts at a customer are shown with, such as "{name} ({handle})"; the zero value
// is "{name}".
type DisplayTemplate struct{ text string }

// Placeholder stands in a template, between braces, for what differs from account to account.
type Placeholder struct {
	Name string
	// Meaning completes the sentence "It stands for …".
	Meaning string
	// ofPerson: it says whose account it is.
	ofPerson bool
	// inAccount and inDisplay are the most characters that it gives to either name; 0 where it cannot stand.
	inAccount, inDisplay int
}

// Placeholders are all there are. Their lengths let a template promise that no name becomes too long.
var Placeholders = []Placeholder{
	{"handle", "the person's handle", true, longestHandle, longestHandle},
	{"name", "the person's name; in the display name only", true, 0, 80},
	{"given", "the first word of the person's name", true, 16, 36},
	{"family", "the last word of the person's name, if it has more than one", true, 16, 36},
	{"customer", "the customer's name", false, 16, 36},
	{"id4", "four letters and digits that are drawn for each account", false, 4, 4},
}

func (p Placeholder) forAccount() int { return p.inAccount }
func (p Placeholder) forDisplay() int { return p.inDisplay }

// templateKind is what the two kinds of templates differ in.
type templateKind struct {
	usual   string
	longest int
	width   func(Placeholder) int
	literal func(string) bool
	advice  string // about characters
}

var (
	accountNames = templateKind{
		usual: "hg-{handle}", longest: longestLocalPart - suffixLength, width: Placeholder.forAccount,
		literal: func(s string) bool { return onlyAlphanumericOr(s, separators) },
		advice:  "Use letters from a to z, digits, dots, hyphens and underscores besides the placeholders.",
	}
	displayNames = templateKind{
		usual: "{name}", longest: longestName, width: Placeholder.forDisplay,
		// line trims, and a line break at the edge of a literal would be in the middle of the name.
		literal: func(s string) bool { _, err := line("x"+s+"x", longestName+2, "a template"); return err == nil },
		advice:  "Use one line of printable text besides the placeholders.",
	}
)

// separators join the parts of an account name. It neither begins nor ends with one.
const separators = ".-_"

// TemplateError is why something is no template. Advice is a sentence for whoever wrote it, without what they wrote.
type TemplateError struct{ Advice string }

func (e *TemplateError) Error() string { return "invalid template: " + e.Advice }
func (e *TemplateError) Unwrap() error { return ErrInvalid }

// ParseAccountTemplate returns a *TemplateError for what could give somebody no name, an illegal one or one too long.
func ParseAccountTemplate(s string) (AccountTemplate, error) {
	text, _, err := accountNames.parse(s)
	return AccountTemplate{text}, err
}

// ParseDisplayTemplate returns a *TemplateError likewise.
func ParseDisplayTemplate(s string) (DisplayTemplate, error) {
	text, _, err := displayNames.parse(s)
	return DisplayTemplate{text}, err
}

func (t AccountTemplate) String() string { return accountNames.written(t.text) }
func (t DisplayTemplate) String() string { return displayNames.written(t.text) }

func (k templateKind) written(text string) string {
	if text == "" {
		return k.usual
	}
	return text
}

// part is literal text or a placeholder.
type part struct {
	literal string
	of      Placeholder
}

// parse returns "" for the usual template, so that equal templates are equal values.
func (k templateKind) parse(s string) (text string, parts []part, err error) {
	wrong := func(advice string) (string, []part, error) { return "", nil, &TemplateError{advice} }
	text = strings.TrimSpace(s)
	length, attributable := 0, false
	for rest := text; rest != ""; {
		literal, opened, found := strings.Cut(rest, "{")
		if strings.Contains(literal, "}") || !k.literal(literal) {
			return wrong(k.advice)
		}
		if literal != "" {
			parts = append(parts, part{literal: literal})
			length += utf8.RuneCountInString(literal)
		}
		if !found {
			break
		}
		called, after, closed := strings.Cut(opened, "}")
		of, known := k.placeholder(called)
		if !closed || !known {
			return wrong("Use these placeholders: " + k.placeholders() + ".")
		}
		parts = append(parts, part{of: of})
		length += k.width(of)
		attributable = attributable || of.ofPerson
		rest = after
	}
	switch {
	case !attributable:
		return wrong("Use a placeholder that says whose account it is, such as {handle}.")
	case length > k.longest:
		return wrong(fmt.Sprintf("Make it shorter: with the longest names it would have %d characters, and %d are allowed.", length, k.longest))
	case text == k.usual:
		text = ""
	}
	return text, parts, nil
}

func (k templateKind) placeholder(called string) (Placeholder, bool) {
	for _, p := range Placeholders {
		if p.Name == called && k.width(p) > 0 {
			return p, true
		}
	}
	return Placeholder{}, false
}

func (k templateKind) placeholders() string {
	var names []string
	for _, p := range Placeholders {
		if k.width(p) > 0 {
			names = append(names, "{"+p.Name+"}")
		}
	}
	return strings.Join(names, ", ")
}
