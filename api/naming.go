package api

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// naming is what the store does for the names of accounts.
type naming interface {
	AccountNames(ctx context.Context, c access.CustomerID) (map[access.PersonID]string, error)
}

// readNaming changes the templates that are sent, and says what is wrong with them.
func readNaming(naming *access.Naming, account, display string) (wrong []ProblemError) {
	refuse := func(field string, err error) {
		if template, ok := errors.AsType[*access.TemplateError](err); ok {
			wrong = append(wrong, ProblemError{Code: "invalid", Field: field, Advice: template.Advice})
		}
	}
	var err error
	if account != "" {
		naming.Account, err = access.ParseAccountTemplate(account)
		refuse("account_name_template", err)
	}
	if display != "" {
		naming.Display, err = access.ParseDisplayTemplate(display)
		refuse("display_name_template", err)
	}
	return wrong
}

const mostPreviewed = 50

func (s *server) PreviewAccountNames(ctx context.Context, request PreviewAccountNamesRequestObject) (PreviewAccountNamesResponseObject, error) {
	ctx, _ = begin(ctx)
	customer, err := s.store.Customer(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	if wrong := readNaming(&customer.Naming, request.Body.AccountNameTemplate, request.Body.DisplayNameTemplate); wrong != nil {
		return nil, wrongFields(wrong...)
	}
	kept, err := s.store.AccountNames(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	people, err := s.store.People(ctx)
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(p store.Person) bool {
		return p.Suspended || !slices.Contains(p.Roles, access.Technician)
	})
	names, err := s.previewNames(customer, people, kept)
	if err != nil {
		return nil, err
	}
	return PreviewAccountNames200JSONResponse(previewView(names)), nil
}

// previewedName is what the account of somebody would be called.
type previewedName struct {
	person   store.Person
	userName string
	display  string
	notes    []access.NamingNote
}

// previewNames calls people by the templates of the customer, whether its domain is known yet or not. Accounts that exist
// keep their names.
func (s *server) previewNames(c store.Customer, people []store.Person, kept map[access.PersonID]string) ([]previewedName, error) {
	const unknownDomain = "domain.invalid"
	names := make([]previewedName, len(people))
	shared := map[string]int{}
	for i, p := range people {
		marker, err := newMarker(s.random)
		if err != nil {
			return nil, err
		}
		name, err := c.Naming.Name(access.Subject{
			Person: p.Name, Handle: p.Handle, Customer: c.Name, Domain: cmp.Or(c.AccountDomain, unknownDomain), Marker: marker,
		})
		if err != nil {
			return nil, &failure{kind: invalidRequest, detail: "The account domain is too long for account names. Give the customer a shorter one.", cause: err}
		}
		names[i] = previewedName{p, name.UPN.String(), name.Display.String(), name.Notes}
		if c.AccountDomain == "" {
			names[i].userName = name.UPN.Local()
		}
		if has := kept[p.ID]; has != "" {
			names[i].userName, names[i].display, names[i].notes = has, "", []access.NamingNote{access.NameKept}
		}
		shared[names[i].userName]++
	}
	for i, n := range names {
		if shared[n.userName] > 1 {
			names[i].notes = append(n.notes, access.NameShared)
		}
	}
	return names, nil
}

// odd reports whether an admin should look at a name.
func (n previewedName) odd() bool {
	return slices.ContainsFunc(n.notes, func(note access.NamingNote) bool { return note != access.NameKept })
}

func previewView(names []previewedName) NamePreview {
	view := NamePreview{Total: len(names), People: []PreviewedName{}}
	odd := slices.DeleteFunc(slices.Clone(names), func(n previewedName) bool { return !n.odd() })
	view.Odd = len(odd)
	sorted := append(odd, slices.DeleteFunc(names, previewedName.odd)...)
	for _, n := range sorted[:min(len(sorted), mostPreviewed)] {
		previewed := PreviewedName{
			Person: Named{Id: n.person.ID.String(), Name: n.person.Name.String()}, UserName: n.userName, DisplayName: n.display,
			Notes: make([]NameNote, len(n.notes)),
		}
		for i, note := range n.notes {
			previewed.Notes[i] = NameNote{Code: note, Advice: note.Advice()}
		}
		view.People = append(view.People, previewed)
	}
	for _, p := range access.Placeholders {
		view.Placeholders = append(view.Placeholders, NamePlaceholder{Name: "{" + p.Name + "}", Meaning: p.Meaning})
	}
	return view
}
