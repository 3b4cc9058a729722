package bulk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

var entitlementColumns = []column{{"person", false}, {"team", false}, {"profile", true}, {"customer", true}, {"ends_at", false}, {"remove", false}}

// everywhere stands for all customers.
const everywhere = "*"

// customerCell sets a backslash before the name of a customer that could be read as everywhere.
func customerCell(name string) string {
	if strings.TrimLeft(name, `\`) == everywhere {
		return `\` + name
	}
	return name
}

// customerName reads what customerCell wrote; the cell is not everywhere.
func customerName(cell string) string {
	if strings.TrimLeft(cell, `\`) == everywhere {
		return cell[1:]
	}
	return cell
}

func endCell(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// parseEnd takes a date for the end of that day in UTC.
func parseEnd(cell string) (*time.Time, error) {
	if day, err := time.Parse(time.DateOnly, cell); err == nil {
		at := day.AddDate(0, 0, 1)
		return &at, nil
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(cell))
	at = at.UTC().Truncate(time.Microsecond) // what the store can hold
	return &at, err
}

// exportEntitlements leaves the column "remove" empty, for whoever edits the file.
func exportEntitlements(r store.Roster) (rows [][]string) {
	handles, teams := map[access.PersonID]string{}, map[access.TeamID]string{}
	profiles, customers := map[access.ProfileID]string{}, map[access.CustomerID]string{{}: everywhere}
	for _, p := range r.People {
		handles[p.ID] = p.Handle.String()
	}
	for _, t := range r.Teams {
		teams[t.ID] = t.Name.String()
	}
	for _, p := range r.Profiles {
		profiles[p.ID] = p.Name.String()
	}
	for _, c := range r.Customers {
		customers[c.ID] = customerCell(c.Name.String())
	}
	for _, e := range r.Entitlements {
		rows = append(rows, []string{handles[e.PersonID], teams[e.TeamID], profiles[e.ProfileID], customers[e.CustomerID], endCell(e.EndsAt), ""})
	}
	slices.SortFunc(rows, func(a, b []string) int {
		for i := range a {
			if order := cmp.Or(cmp.Compare(folded(a[i]), folded(b[i])), cmp.Compare(a[i], b[i])); order != 0 {
				return order
			}
		}
		return 0
	})
	return rows
}

// right is what identifies an entitlement in a file: who may use what where until when. ends is in Unix microseconds, 0
// for no end.
type right struct {
	person   access.PersonID
	team     access.TeamID
	profile  access.ProfileID
	customer access.CustomerID
	ends     int64
}

func rightOf(e store.Entitlement) right {
	r := right{person: e.PersonID, team: e.TeamID, profile: e.ProfileID, customer: e.CustomerID}
	if e.EndsAt != nil {
		r.ends = e.EndsAt.UnixMicro()
	}
	return r
}

// whenever is the right without regard to its end.
func (r right) whenever() right {
	r.ends = 0
	return r
}
