package access

import (
	"strings"
	"unicode/utf8"
)

// Naming is how the accounts at a customer are called; the zero value is the usual way.
type Naming struct {
	Account AccountTemplate
	Display DisplayTemplate
}

// Subject is an account that is to be named.
type Subject struct {
	Person   Name
	Handle   Handle
	Customer Name
	// Domain is that of the account.
	Domain string
	Marker Marker
}

// AccountName is what an account is called.
type AccountName struct {
	UPN     UPN
	Display Name
	// Notes say where the names are not quite what the templates say.
	Notes []NamingNote
}

// NamingNote is a stable word, which appears in the API.
type NamingNote string

const (
	NameShortened NamingNote = "shortened"
	NameLeftOut   NamingNote = "left_out"
	NameUsual     NamingNote = "usual_name"
	NameShared    NamingNote = "shared_name"
	NameKept      NamingNote = "kept_name"
)

// Advice is the note in a sentence.
func (n NamingNote) Advice() string {
	return map[NamingNote]string{
		NameShortened: "A part of the name is too long and is cut.",
		NameLeftOut:   "A part of the name has letters that an account name cannot hold, and is left out.",
		NameUsual:     "The template gives this person no name, so that the account is named as usual.",
		NameShared:    "Somebody else gets the same name. The account that is made second gets five letters and digits behind it.",
		NameKept:      "The account exists and keeps its name.",
	}[n]
}

// Name gives every subject legal names, whatever their own are like: what an account name cannot hold is left out, what
// is too long is cut, and where nothing would say whose account it is, the name is the usual one. An error, ErrInvalid,
// comes from the domain alone.
func (n Naming) Name(s Subject) (AccountName, error) {
	var a AccountName
	local := a.fill(accountNames, n.Account.text, s.letters())
	upn, err := NewUPN(strings.Trim(local, separators), s.Domain)
	if err != nil {
		return AccountName{}, err
	}
	a.UPN = upn
	a.Display, err = NewName(strings.Join(strings.Fields(a.fill(displayNames, n.Display.text, s.words())), " "))
	return a, err
}

// word is what a placeholder stands for. It is lost where letters of it cannot be written.
type word struct {
	text string
	lost bool
}

// fill writes a template with words. One that is empty takes along what joins it to the others.
func (a *AccountName) fill(kind templateKind, template string, words map[string]word) string {
	_, parts, _ := kind.parse(kind.written(template)) // it was parsed before
	const joints = separators + ", "
	var text, joint string
	attributed := false
	for _, p := range parts {
		if p.literal != "" {
			joint += p.literal
			continue
		}
		w := words[p.of.Name]
		if width := kind.width(p.of); utf8.RuneCountInString(w.text) > width {
			a.note(NameShortened)
			w.text = string([]rune(w.text)[:width])
		}
		if w.lost {
			a.note(NameLeftOut)
		}
		if w.text == "" {
			joint = strings.TrimRight(joint, joints)
			continue
		}
		if text == "" {
			joint = strings.TrimLeft(joint, joints)
		}
		text, joint = text+joint+w.text, ""
		attributed = attributed || p.of.ofPerson
	}
	if !attributed {
		a.note(NameUsual)
		return a.fill(kind, "", words)
	}
	return text + joint
}

func (a *AccountName) note(n NamingNote) {
	for _, known := range a.Notes {
		if known == n {
			return
		}
	}
	a.Notes = append(a.Notes, n)
}

// words are those of a display name.
func (s Subject) words() map[string]word {
	given, family := s.Person.ends()
	return map[string]word{
		"handle": {text: s.Handle.text}, "name": {text: s.Person.text}, "given": {text: given}, "family": {text: family},
		"customer": {text: s.Customer.text}, "id4": {text: s.Marker.drawn(4)},
	}
}

// letters are the words of an account name. A customer whose name cannot be written is called by its domain.
func (s Subject) letters() map[string]word {
	given, family := s.Person.ends()
	customer := plainWords(s.Customer.text)
	if customer.text == "" {
		first, _, _ := strings.Cut(s.Domain, ".")
		customer.text = first
	}
	return map[string]word{
		"handle": {text: s.Handle.text}, "given": plainWord(given), "family": plainWord(family),
		"customer": customer, "id4": {text: s.Marker.drawn(4)},
	}
}

// ends are the first word of a name, and the last one of a name that has more.
func (n Name) ends() (given, family string) {
	words := strings.Fields(n.text)
	if given = words[0]; len(words) > 1 {
		family = words[len(words)-1]
	}
	return given, family
}
