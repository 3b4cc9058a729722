package bulk_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hourglass/internal/access"
	"hourglass/internal/bulk"
	"hourglass/internal/store"
)

// held is a store that holds what a property drew, and keeps what an import would change.
type held struct {
	roster  store.Roster
	changes store.Changes
}

func (h *held) Roster(context.Context, store.List) (store.Roster, error) { return h.roster, nil }

func (h *held) Import(_ context.Context, _ store.List, plan func(store.Roster) (store.Changes, error), _ store.Actor) (err error) {
	h.changes, err = plan(h.roster)
	return err
}

func (h *held) service() *bulk.Service {
	return &bulk.Service{Store: h, NewID: uuid.NewString, Clock: func() time.Time { return noon },
		Invite: func(p access.PersonID) (access.Secret, store.Enrolment, error) {
			return access.NewSecret("token"), store.Enrolment{PersonID: p}, nil
		},
	}
}

func (h *held) file(t require.TestingT, list store.List) string {
	write, err := h.service().Export(context.Background(), list)
	require.NoError(t, err)
	var file strings.Builder
	require.NoError(t, write(&file))
	return file.String()
}

func (h *held) imports(t require.TestingT, list store.List, file string) bulk.Report {
	report, err := h.service().Import(context.Background(), list, strings.NewReader(file), store.Actor{})
	require.NoError(t, err)
	return report
}

// legalName draws names as people and attackers give them: up to 120 characters, right-to-left, quoted, formulas.
var legalName = rapid.Custom(func(t *rapid.T) access.Name {
	alphabet := rapid.OneOf(rapid.SampledFrom([]rune("=+-@＝'\",;*\\ .|aAbB")), rapid.SampledFrom([]rune("אבג\u200f\u200eعرب")), rapid.Rune())
	return rapid.Map(rapid.OneOf(rapid.StringOfN(alphabet, 1, 120, -1), rapid.StringOfN(rapid.SampledFrom([]rune("aA*\\;")), 1, 2, -1)),
		func(s string) access.Name { n, _ := access.NewName(s); return n }).
		Filter(func(n access.Name) bool { return n.String() != "" }).Draw(t, "name")
})

func newID[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](t *rapid.T) (id I) {
	require.NoError(t, P(&id).UnmarshalText([]byte(uuid.NewString())))
	return id
}

var anyLimits = rapid.Custom(func(t *rapid.T) access.Limits {
	maximum := rapid.Int64Range(1, 86400).Draw(t, "maximum")
	standard := rapid.Int64Range(1, maximum).Draw(t, "default")
	return limitsOf(t, time.Duration(standard)*time.Second, time.Duration(maximum)*time.Second)
})

var anyRoster = rapid.Custom(func(t *rapid.T) (r store.Roster) {
	for _, called := range rapid.SliceOfNDistinct(legalName, 1, 6, func(n access.Name) string { return n.String() }).Draw(t, "customers") {
		c := store.Customer{ID: newID[access.CustomerID](t), Name: called, Connection: access.Unconnected, Limits: anyLimits.Draw(t, "limits")}
		if rapid.Bool().Draw(t, "connected") {
			c.Connection, c.TenantID, c.AccountDomain = access.Connected, newID[access.TenantID](t), "contoso.example"
		}
		r.Customers = append(r.Customers, c)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "people") {
		handle, err := access.NewHandle(fmt.Sprint("person-", i))
		require.NoError(t, err)
		roles := []access.MSPRole{access.Auditor, access.Technician, access.Admin, access.Approver}
		r.People = append(r.People, store.Person{
			ID: newID[access.PersonID](t), Name: legalName.Draw(t, "person"), Handle: handle, Roles: roles[:rapid.IntRange(0, 4).Draw(t, "roles")],
		})
	}
	for range rapid.IntRange(0, 4).Draw(t, "teams") {
		team := store.Team{ID: newID[access.TeamID](t), Name: legalName.Draw(t, "team")}
		for _, p := range r.People {
			if rapid.Bool().Draw(t, "member") {
				team.Members = append(team.Members, store.Member{ID: p.ID})
			}
		}
		r.Teams = append(r.Teams, team)
	}
	slices.SortFunc(r.Teams, func(a, b store.Team) int { // as the store does
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name.String()), strings.ToLower(b.Name.String())), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	r.Approvers = map[access.CustomerID]access.Approvers{}
	for _, c := range r.Customers {
		var named access.Approvers
		for _, p := range r.People {
			if rapid.Bool().Draw(t, "decides") {
				named.People = append(named.People, p.ID)
			}
		}
		for _, team := range r.Teams {
			if rapid.Bool().Draw(t, "teams decide") {
				named.Teams = append(named.Teams, team.ID)
			}
		}
		r.Approvers[c.ID] = named
	}
	for range rapid.IntRange(1, 4).Draw(t, "profiles") {
		r.Profiles = append(r.Profiles, access.Profile{ID: newID[access.ProfileID](t), Name: legalName.Draw(t, "profile"), Retired: rapid.Bool().Draw(t, "retired")})
	}
	for range rapid.IntRange(0, 8).Draw(t, "entitlements") {
		e := store.Entitlement{ID: newID[access.EntitlementID](t), ProfileID: rapid.SampledFrom(r.Profiles).Draw(t, "of").ID}
		if len(r.Teams) > 0 && rapid.Bool().Draw(t, "of a team") {
			e.TeamID = rapid.SampledFrom(r.Teams).Draw(t, "team").ID
		} else {
			e.PersonID = rapid.SampledFrom(r.People).Draw(t, "person").ID
		}
		if rapid.Bool().Draw(t, "somewhere") {
			e.CustomerID = rapid.SampledFrom(r.Customers).Draw(t, "where").ID
		}
		if rapid.Bool().Draw(t, "ending") {
			ends := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "end")).UTC()
			e.EndsAt = &ends
		}
		r.Entitlements = append(r.Entitlements, e)
	}
	return r
})

// What is exported and imported again changes nothing, whatever the names are.
func TestExportsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &held{roster: anyRoster.Draw(t, "roster")}
		for _, list := range []store.List{store.CustomerList, store.PersonList, store.EntitlementList} {
			report := h.imports(t, list, h.file(t, list))
			require.Equal(t, len(report.Lines), report.Count[bulk.Unchanged], "%+v", report.Lines)
			h.changes.File = store.File{}
			require.Equal(t, store.Changes{}, h.changes)
		}
	})
}

// What is exported from one house makes the same in another one, in which nobody is yet.
func TestExportsMoveHouse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := &held{roster: anyRoster.Draw(t, "roster")}
		from.roster.Teams = distinct(from.roster.Teams)
		from.roster.Approvers = nil // who decides is named once the people are there
		for i := range from.roster.Customers {
			from.roster.Customers[i].TenantID = access.TenantID{} // connecting is not to be imported
		}
		for i := range from.roster.People {
			from.roster.People[i].Roles = append([]access.MSPRole{access.Admin}, from.roster.People[i].Roles...)[:1]
		}
		from.roster.Customers = slices.CompactFunc(slices.SortedFunc(slices.Values(from.roster.Customers), func(a, b store.Customer) int {
			return strings.Compare(strings.ToLower(a.Name.String()), strings.ToLower(b.Name.String()))
		}), func(a, b store.Customer) bool {
			return strings.EqualFold(a.Name.String(), b.Name.String())
		})

		to := &held{}
		report := to.imports(t, store.CustomerList, from.file(t, store.CustomerList))
		require.Equal(t, map[bulk.Outcome]int{bulk.Create: len(from.roster.Customers)}, report.Count, "%+v", report.Lines)
		for i, c := range from.roster.Customers {
			require.Equal(t, c.Settings(), to.changes.AddCustomers[i].Settings())
		}
		report = to.imports(t, store.PersonList, from.file(t, store.PersonList))
		require.Equal(t, map[bulk.Outcome]int{bulk.Create: len(from.roster.People)}, report.Count, "%+v", report.Lines)
		require.Len(t, to.changes.Enrolments, len(from.roster.People))
		require.Equal(t, members(from.roster.People, from.roster.Teams), members(to.changes.AddPeople, to.changes.AddTeams))
		for i, p := range from.roster.People {
			require.Equal(t, p.Name, to.changes.AddPeople[i].Name)
			require.Equal(t, p.Roles, to.changes.AddPeople[i].Roles)
		}
	})
}

// distinct are the teams without those whose name differs from another's in case alone.
func distinct(teams []store.Team) []store.Team {
	kept := map[string]store.Team{}
	for _, team := range teams {
		kept[strings.ToLower(team.Name.String())] = team
	}
	return slices.Collect(maps.Values(kept))
}

// members are the handles in each team that has any.
func members(people []store.Person, teams []store.Team) map[string][]string {
	in := map[string][]string{}
	for _, team := range teams {
		for _, p := range people {
			if slices.ContainsFunc(team.Members, func(m store.Member) bool { return m.ID == p.ID }) {
				in[team.Name.String()] = append(in[team.Name.String()], p.Handle.String())
			}
		}
	}
	return in
}
