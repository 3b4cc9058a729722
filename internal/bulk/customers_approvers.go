package bulk

import (
	"slices"
	"strings"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

const (
	// everybody in the column "approvers": nobody is named there, so that everybody who holds the role decides.
	everybody = "*"
	// ofTeam stands before the name of a team; no handle has a colon.
	ofTeam = "team:"
)

// approverPlan knows whom the column "approvers" can name.
type approverPlan struct {
	people map[access.Handle]access.PersonID
	teams  directory[store.Team]
	called map[access.PersonID]string
	named  map[access.TeamID]string
}

func newApproverPlan(r store.Roster) approverPlan {
	a := approverPlan{
		people: map[access.Handle]access.PersonID{}, called: map[access.PersonID]string{}, named: map[access.TeamID]string{},
		teams: newDirectory(r.Teams, func(t store.Team) access.Name { return t.Name }),
	}
	for _, p := range r.People {
		a.people[p.Handle], a.called[p.ID] = p.ID, p.Handle.String()
	}
	for _, t := range r.Teams {
		a.named[t.ID] = ofTeam + t.Name.String()
	}
	return a
}

// cell names people before teams.
func (a approverPlan) cell(of access.Approvers) string {
	var people, teams []string
	for _, id := range of.People {
		people = append(people, a.called[id])
	}
	for _, id := range of.Teams {
		teams = append(teams, a.named[id])
	}
	slices.Sort(people)
	slices.Sort(teams)
	if len(people)+len(teams) == 0 {
		return everybody
	}
	return join(append(people, teams...))
}

// settle returns those whom a line names; where it names nobody, those of before.
func (a approverPlan) settle(l *line, before access.Approvers) access.Approvers {
	values := l.values("approvers")
	if values == nil {
		return before
	}
	if len(values) == 1 && values[0] == everybody {
		return access.Approvers{}
	}
	var named access.Approvers
	for _, value := range values {
		if team, is := strings.CutPrefix(value, ofTeam); is {
			found := a.teams.find(strings.TrimSpace(team))
			if len(found) > 1 {
				found = slices.DeleteFunc(slices.Clone(found), func(t store.Team) bool { return !slices.Contains(before.Teams, t.ID) })
			}
			if len(found) == 0 {
				l.problem("approvers", "unknown", "Write team: and the name of a team that there is, which no other team has.")
				return before
			}
			for _, t := range found {
				named.Teams = append(named.Teams, t.ID)
			}
			continue
		}
		handle, err := access.NewHandle(value)
		person, known := a.people[handle]
		if err != nil || !known {
			l.problem("approvers", "unknown", "Write handles of people and team: with names of teams, separated by semicolons, or * for everybody who holds the role.")
			return before
		}
		named.People = append(named.People, person)
	}
	return access.Approvers{People: distinctIDs(named.People), Teams: distinctIDs(named.Teams)}
}

func distinctIDs[K any](ids []access.ID[K]) (distinct []access.ID[K]) {
	for _, id := range ids {
		if !slices.Contains(distinct, id) {
			distinct = append(distinct, id)
		}
	}
	return distinct
}
