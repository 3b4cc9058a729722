package bulk

import (
	"cmp"
	"slices"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// teamPlan is what the column "teams" of all lines together does to the teams.
type teamPlan struct {
	plan  *plan
	of    map[access.PersonID][]*store.Team
	known directory[*store.Team]
	// old and made are the teams as they become; changed are those of the old that do.
	old, made []*store.Team
	changed   map[*store.Team]bool
}

func newTeamPlan(p *plan) *teamPlan {
	t := &teamPlan{plan: p, old: pointers(p.roster.Teams), changed: map[*store.Team]bool{}}
	t.of = teamsOf(t.old)
	t.known = newDirectory(t.old, func(team *store.Team) access.Name { return team.Name })
	return t
}

func pointers(teams []store.Team) []*store.Team {
	all := make([]*store.Team, len(teams))
	for i, team := range teams {
		team.Members = slices.Clone(team.Members)
		all[i] = &team
	}
	return all
}

// teamsOf says who is in which teams, in the order of the teams.
func teamsOf(teams []*store.Team) map[access.PersonID][]*store.Team {
	in := map[access.PersonID][]*store.Team{}
	for _, team := range teams {
		for _, m := range team.Members {
			in[m.ID] = append(in[m.ID], team)
		}
	}
	return in
}

func teamNames(teams []*store.Team) []string {
	names := make([]string, len(teams))
	for i, team := range teams {
		names[i] = team.Name.String()
	}
	return names
}

// settle returns the teams that a line names; where it names none, those that the person is in. A team that is not
// there is made.
func (t *teamPlan) settle(l *line, in []*store.Team) ([]*store.Team, error) {
	cells := l.values("teams")
	if cells == nil {
		return in, nil
	}
	var wanted []*store.Team
	for _, cell := range cells {
		name, err := access.NewName(cell)
		if err != nil {
			l.problem("teams", "invalid", "Write names of 1 to 120 characters, several separated by semicolons.")
			return in, nil
		}
		found := t.known.find(name.String())
		if len(found) > 1 {
			found = slices.DeleteFunc(slices.Clone(found), func(team *store.Team) bool { return !slices.Contains(in, team) })
		}
		switch {
		case len(t.known.find(name.String())) == 0:
			made, err := t.make(name)
			if err != nil {
				return nil, err
			}
			wanted = append(wanted, made)
		case len(found) == 0:
			l.problem("teams", "ambiguous", "Several teams are called so. Give them different names first.")
			return in, nil
		default:
			wanted = append(wanted, found...)
		}
	}
	slices.SortFunc(wanted, func(a, b *store.Team) int {
		return cmp.Or(cmp.Compare(folded(a.Name.String()), folded(b.Name.String())), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return slices.Compact(wanted), nil
}

func (t *teamPlan) make(name access.Name) (*store.Team, error) {
	id, err := access.ParseID[access.TeamID](t.plan.newID())
	if err != nil {
		return nil, err
	}
	made := &store.Team{ID: id, Name: name}
	t.made = append(t.made, made)
	t.known.add(name, made)
	return made, nil
}

// move takes a person out of the teams that are not wanted, and into those that are.
func (t *teamPlan) move(person store.Person, from, to []*store.Team) {
	for _, team := range from {
		if !slices.Contains(to, team) {
			team.Members = slices.DeleteFunc(team.Members, func(m store.Member) bool { return m.ID == person.ID })
			t.changed[team] = true
		}
	}
	for _, team := range to {
		if !slices.Contains(from, team) {
			team.Members = append(team.Members, store.Member{ID: person.ID, Name: person.Name.String()})
			t.changed[team] = true
		}
	}
}

// changes are the teams that are added and those that change.
func (t *teamPlan) changes() (added, changed []store.Team) {
	for _, team := range t.made {
		added = append(added, *team)
	}
	for _, team := range t.old {
		if t.changed[team] {
			changed = append(changed, *team)
		}
	}
	return added, changed
}
