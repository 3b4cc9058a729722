package bulk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// entitlementPlan knows what the lines name.
type entitlementPlan struct {
	*plan
	people    map[access.Handle]store.Person
	teams     directory[store.Team]
	profiles  directory[access.Profile]
	customers directory[store.Customer]
	// held are the entitlements as the lines so far leave them.
	held map[right][]access.EntitlementID
	// ends counts them whatever their end.
	ends  map[right]int
	asked map[right]asked
}

// asked is what an earlier line says of a right.
type asked struct {
	line   int
	remove bool
}

func planEntitlements(p *plan) error {
	e := entitlementPlan{
		plan: p, people: map[access.Handle]store.Person{},
		teams:     newDirectory(p.roster.Teams, func(t store.Team) access.Name { return t.Name }),
		profiles:  newDirectory(p.roster.Profiles, func(p access.Profile) access.Name { return p.Name }),
		customers: newDirectory(p.roster.Customers, func(c store.Customer) access.Name { return c.Name }),
		held:      map[right][]access.EntitlementID{}, ends: map[right]int{}, asked: map[right]asked{},
	}
	for _, person := range p.roster.People {
		e.people[person.Handle] = person
	}
	for _, held := range p.roster.Entitlements {
		e.hold(held)
	}
	for _, l := range p.lines {
		if err := e.settle(l); err != nil {
			return err
		}
	}
	return nil
}

func (p *entitlementPlan) hold(e store.Entitlement) {
	r := rightOf(e)
	p.held[r] = append(p.held[r], e.ID)
	p.ends[r.whenever()]++
}

// wanted is what a line names. Of several that are called so, any may be meant.
type wanted struct {
	whom      []store.Entitlement // with a person or a team
	profiles  []access.Profile
	customers []access.CustomerID
	ends      *time.Time
}

func (w wanted) all() (meant []store.Entitlement) {
	for _, e := range w.whom {
		for _, profile := range w.profiles {
			for _, customer := range w.customers {
				e.ProfileID, e.CustomerID, e.EndsAt = profile.ID, customer, w.ends
				meant = append(meant, e)
			}
		}
	}
	return meant
}

func (p *entitlementPlan) settle(l *line) error {
	l.What = strings.Join(slices.DeleteFunc([]string{l.cell("person"), l.cell("team"), l.cell("profile"), l.cell("customer")},
		func(cell string) bool { return cell == "" }), " · ")
	w := wanted{whom: p.whom(l), profiles: p.profilesOf(l), customers: p.customersOf(l)}
	parsed(l, "ends_at", &w.ends, parseEnd, "Write a date such as 2027-03-31 or an instant such as 2027-03-31T18:00:00Z.")
	remove := false
	parsed(l, "remove", &remove, parseYes, "Write yes to take the entitlement away, or empty the cell.")
	if l.Outcome == Refused {
		return nil
	}
	meant := w.all()
	for _, e := range meant {
		if first, found := p.asked[rightOf(e)]; found && first.remove != remove {
			l.problem("remove", "repeated", fmt.Sprintf("Line %d says the opposite. Leave one of the two out.", first.line))
			return nil
		}
	}
	for _, e := range meant {
		p.asked[rightOf(e)] = asked{l.Number, remove}
	}
	switch {
	case remove:
		p.remove(l, meant)
		return nil
	case slices.ContainsFunc(meant, func(e store.Entitlement) bool { return p.held[rightOf(e)] != nil }):
		return nil
	}
	return p.create(l, w)
}

func (p *entitlementPlan) remove(l *line, meant []store.Entitlement) {
	for _, e := range meant {
		r := rightOf(e)
		if p.held[r] == nil {
			continue
		}
		l.Outcome = Remove
		p.changes.RemoveEntitlements = append(p.changes.RemoveEntitlements, p.held[r]...)
		p.ends[r.whenever()] -= len(p.held[r])
		delete(p.held, r)
	}
	if l.Outcome != Remove && slices.ContainsFunc(meant, func(e store.Entitlement) bool { return p.ends[rightOf(e).whenever()] > 0 }) {
		l.problem("ends_at", "other_end", "There is such an entitlement with another end. Write the end that the export shows.")
	}
}

// create adds what a line names, if only one can be meant.
func (p *entitlementPlan) create(l *line, w wanted) error {
	usable := slices.DeleteFunc(slices.Clone(w.profiles), func(p access.Profile) bool { return p.Retired })
	if len(usable) == 0 {
		l.problem("profile", "retired", "Name a profile that is not retired.")
	}
	if w.ends != nil && !w.ends.After(p.now) {
		l.problem("ends_at", "over", "Write an end that is still to come, or leave the line out.")
	}
	for column, n := range map[string]int{"profile": len(usable), "customer": len(w.customers), "team": len(w.whom)} {
		if n > 1 {
			l.problem(column, "ambiguous", "Several are called so. Give them different names first.")
		}
	}
	if l.Outcome == Refused {
		return nil
	}
	w.profiles = usable
	made := w.all()[0]
	var err error
	if made.ID, err = access.ParseID[access.EntitlementID](p.newID()); err != nil {
		return err
	}
	l.Outcome = Create
	p.changes.AddEntitlements = append(p.changes.AddEntitlements, made)
	p.hold(made)
	return nil
}

func (p *entitlementPlan) whom(l *line) (whom []store.Entitlement) {
	person, team := l.cell("person"), l.cell("team")
	if (person == "") == (team == "") {
		l.problem("person", "required", "Write either the handle of a person or the name of a team.")
		return nil
	}
	if team != "" {
		for _, found := range p.teams.find(team) {
			whom = append(whom, store.Entitlement{TeamID: found.ID})
		}
		if whom == nil {
			l.problem("team", "unknown", "Name a team that exists; the import of people makes teams.")
		}
		return whom
	}
	handle, err := access.NewHandle(person)
	found, known := p.people[handle]
	if err != nil || !known {
		l.problem("person", "unknown", "Write the handle of a person who exists.")
		return nil
	}
	return []store.Entitlement{{PersonID: found.ID}}
}

func (p *entitlementPlan) profilesOf(l *line) []access.Profile {
	found := p.profiles.find(l.cell("profile"))
	if found == nil {
		l.problem("profile", "unknown", "Name a profile that exists.")
	}
	return found
}

func (p *entitlementPlan) customersOf(l *line) (ids []access.CustomerID) {
	cell := l.cell("customer")
	if cell == everywhere {
		return []access.CustomerID{{}}
	}
	for _, found := range p.customers.find(customerName(cell)) {
		ids = append(ids, found.ID)
	}
	if ids == nil {
		l.problem("customer", "unknown", "Name a customer that exists, or write * for all customers.")
	}
	return ids
}

func parseYes(cell string) (bool, error) {
	switch strings.ToLower(cell) {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, errors.New("neither yes nor no")
}
