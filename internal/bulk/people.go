package bulk

import (
	"slices"
	"strings"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

var personColumns = []column{{"handle", true}, {"name", false}, {"roles", false}, {"teams", false}}

// everyRole in the order in which cells name them.
var everyRole = []access.MSPRole{access.Admin, access.Approver, access.Technician, access.Auditor}

func personCells(p store.Person, teams []string) []string {
	roles := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = string(r)
	}
	return []string{p.Handle.String(), p.Name.String(), join(roles), join(teams)}
}

func exportPeople(r store.Roster) (rows [][]string) {
	in := teamsOf(pointers(r.Teams))
	for _, p := range r.People {
		rows = append(rows, personCells(p, teamNames(in[p.ID])))
	}
	return rows
}

// planPeople knows a person by the handle.
func planPeople(p *plan) error {
	known := make(map[access.Handle]store.Person, len(p.roster.People))
	for _, person := range p.roster.People {
		known[person.Handle] = person
	}
	teams := newTeamPlan(p)
	seen := once{}
	var demoted []*line
	for _, l := range p.lines {
		l.What = l.cell("handle")
		handle, err := access.NewHandle(l.What)
		if err != nil {
			l.problem("handle", "invalid", "Write 1 to 32 letters, digits, dots or hyphens, with a letter or digit at both ends.")
			continue
		}
		seen.check(l, "handle", handle.String())
		before, found := known[handle]
		after := before
		after.Handle = handle
		if !found {
			if after.ID, err = access.ParseID[access.PersonID](p.newID()); err != nil {
				return err
			}
		}
		if !found && p.roster.FormerHandles[handle] {
			l.problem("handle", "former", "Choose another handle: this one was somebody's, and accounts are still called by it.")
		}
		settlePerson(l, &after, found)
		in := teams.of[after.ID]
		wanted, err := teams.settle(l, in)
		if err != nil {
			return err
		}
		switch {
		case l.Outcome == Refused:
			continue
		case !found:
			l.Outcome = Create
			p.changes.AddPeople = append(p.changes.AddPeople, after)
		default:
			l.becomes(personColumns, personCells(before, teamNames(in)), personCells(after, teamNames(wanted)))
			if after.Name != before.Name || !slices.Equal(after.Roles, before.Roles) {
				p.changes.ChangePeople = append(p.changes.ChangePeople, store.PersonChange{ID: after.ID, Name: after.Name, Roles: after.Roles})
			}
			if administers(before) && !administers(after) {
				demoted = append(demoted, l)
			}
		}
		teams.move(after, in, wanted)
	}
	p.changes.AddTeams, p.changes.ChangeTeams = teams.changes()
	p.keepAnAdmin(demoted)
	return nil
}

// settlePerson reads name and roles.
func settlePerson(l *line, person *store.Person, found bool) {
	parsed(l, "name", &person.Name, access.NewName, adviceName)
	if !found && l.cell("name") == "" {
		l.problem("name", "required", "Write the full name of somebody new.")
	}
	var roles []access.MSPRole
	for _, word := range l.values("roles") {
		role, err := access.ParseMSPRole(strings.ToLower(word))
		if err != nil {
			l.problem("roles", "unknown", "Write admin, approver, technician or auditor, several separated by semicolons.")
			return
		}
		roles = append(roles, role)
	}
	held := func(role access.MSPRole) bool { return slices.Contains(person.Roles, role) }
	named := func(role access.MSPRole) bool { return slices.Contains(roles, role) }
	switch {
	case roles == nil && !found:
		l.problem("roles", "required", "Write at least one of admin, approver, technician or auditor.")
	case roles != nil && slices.ContainsFunc(everyRole, func(role access.MSPRole) bool { return held(role) != named(role) }):
		person.Roles = slices.DeleteFunc(slices.Clone(everyRole), func(role access.MSPRole) bool { return !named(role) })
	}
}

func administers(p store.Person) bool { return !p.Suspended && slices.Contains(p.Roles, access.Admin) }

// keepAnAdmin holds against the lines that take the role from admins that somebody has to be left who can sign in as one.
func (p *plan) keepAnAdmin(demoted []*line) {
	becomes := map[access.PersonID][]access.MSPRole{}
	for _, change := range p.changes.ChangePeople {
		becomes[change.ID] = change.Roles
	}
	left := slices.ContainsFunc(p.roster.People, func(person store.Person) bool {
		if roles, changed := becomes[person.ID]; changed {
			person.Roles = roles
		}
		return administers(person) && p.roster.Enrolled[person.ID]
	})
	for _, l := range demoted {
		if !left {
			l.problem("roles", "last_admin", "Leave somebody an admin who has enrolled a passkey.")
		}
	}
}
