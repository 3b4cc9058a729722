package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// approverRow names a person or a team who decides at a customer.
type approverRow struct {
	CustomerID access.CustomerID
	PersonID   access.PersonID
	TeamID     access.TeamID
}

func (approverRow) TableName() string { return "customer_approvers" }

// Approvers says who decides at a customer; access.ErrNotFound where there is no such customer.
func (s *Store) Approvers(ctx context.Context, id access.CustomerID) (Approvers, error) {
	db := s.db.WithContext(ctx)
	customer, err := one[customerRow](present(db), "id = ?", id)
	if err != nil {
		return Approvers{}, err
	}
	named, err := approversAt(db, id)
	if err != nil {
		return Approvers{}, err
	}
	a := Approvers{Revision: customer.Revision}
	err = db.Model(&personRow{}).Select("id", "name").Where("id IN ?", named[id].People).Order("name, id").Find(&a.People).Error
	if err != nil {
		return Approvers{}, translate(err)
	}
	if a.Teams, err = readTeams(db.Where("t.id IN ?", named[id].Teams)); err != nil {
		return Approvers{}, err
	}
	holders, err := holdersOfTheRole(db)
	a.Deciders = deciders(named[id], holders, access.PersonID{})
	return a, err
}

// ChangeApprovers names those who decide at a customer from now on, at a revision of the customer (see unchangedSince).
// What is so already changes nothing. access.ErrNotFound also for a person or team that does not exist.
func (s *Store) ChangeApprovers(ctx context.Context, id access.CustomerID, revision int64, to access.Approvers, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		entries, err := changeApprovers(tx, id, revision, to, by)
		if err != nil {
			return err
		}
		return s.record(tx, entries...)
	})
}

// changeApprovers returns no entry where it is so already.
func changeApprovers(tx *gorm.DB, id access.CustomerID, revision int64, to access.Approvers, by Actor) ([]entry, error) {
	row, err := one[customerRow](present(tx.Clauses(forItself)), "id = ?", id)
	if err != nil {
		return nil, err
	}
	named, err := approversAt(tx, id)
	if err != nil || same(named[id].People, to.People) && same(named[id].Teams, to.Teams) {
		return nil, err
	}
	if err := unchangedSince(row.Revision, revision); err != nil {
		return nil, err
	}
	if err := tx.Where("customer_id = ?", id).Delete(&approverRow{}).Error; err != nil {
		return nil, err
	}
	for _, person := range to.People {
		if err := tx.Create(&approverRow{CustomerID: id, PersonID: person}).Error; err != nil {
			return nil, err
		}
	}
	for _, team := range to.Teams {
		if err := tx.Create(&approverRow{CustomerID: id, TeamID: team}).Error; err != nil {
			return nil, err
		}
	}
	err = changeOne(tx.Model(&customerRow{}).Where("id = ?", id), map[string]any{"revision": row.Revision + 1})
	if err != nil {
		return nil, err
	}
	return []entry{{
		key: fmt.Sprintf("customer/%s/approvers/%d", id, row.Revision+1), action: audit.CustomerApprovers, by: by, customer: id,
		details: facts{"people": to.People, "teams": to.Teams, "people_before": named[id].People, "teams_before": named[id].Teams},
	}}, nil
}

// same reports whether two sets of ids hold the same.
func same[K any](a, b []access.ID[K]) bool {
	in := func(set []access.ID[K]) func(access.ID[K]) bool {
		return func(id access.ID[K]) bool { return !slices.Contains(set, id) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// approversAt reads who is named at customers. One that names nobody has none in the map.
func approversAt(db *gorm.DB, customers ...access.CustomerID) (map[access.CustomerID]access.Approvers, error) {
	return approvers(db.Where("customer_id IN ?", customers))
}

// approvers reads who is named at all customers that the query selects.
func approvers(query *gorm.DB) (map[access.CustomerID]access.Approvers, error) {
	var rows []approverRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	named := map[access.CustomerID]access.Approvers{}
	for _, row := range rows {
		a := named[row.CustomerID]
		if row.TeamID.IsZero() {
			a.People = append(a.People, row.PersonID)
		} else {
			a.Teams = append(a.Teams, row.TeamID)
		}
		named[row.CustomerID] = a
	}
	return named, nil
}

// holder is somebody who holds the role of an approver, with their name.
type holder struct {
	access.Decider
	name string
}

// holdersOfTheRole are few, and sorted by name.
func holdersOfTheRole(db *gorm.DB) ([]holder, error) {
	var people []personRow
	err := db.Where(`NOT suspended AND CAST(roles AS text) LIKE '%"approver"%'`).Find(&people).Error
	if err != nil {
		return nil, translate(err)
	}
	ids := make([]access.PersonID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	var memberships []teamMemberRow
	if err := db.Where("person_id IN ?", ids).Find(&memberships).Error; err != nil {
		return nil, translate(err)
	}
	teams := map[access.PersonID][]access.TeamID{}
	for _, m := range memberships {
		teams[m.PersonID] = append(teams[m.PersonID], m.TeamID)
	}
	holders, err := all(people, func(row personRow) (holder, error) {
		p, err := row.person()
		return holder{access.Decider{ID: p.ID, Roles: p.Roles, Suspended: p.Suspended, Teams: teams[p.ID]}, row.Name}, err
	})
	slices.SortFunc(holders, func(a, b holder) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return holders, err
}

// deciders are those of the holders whom policy admits to the request of requester.
func deciders(named access.Approvers, holders []holder, requester access.PersonID) (admitted []Member) {
	for _, h := range holders {
		if named.Admit(h.Decider, requester) == nil {
			admitted = append(admitted, Member{ID: h.ID, Name: h.name})
		}
	}
	return admitted
}

// tellApprovers writes into grants that wait for one who may decide about them.
func tellApprovers(db *gorm.DB, grants []Grant) error {
	var customers []access.CustomerID
	for _, g := range grants {
		if g.State == access.AwaitingApproval && !slices.Contains(customers, g.CustomerID) {
			customers = append(customers, g.CustomerID)
		}
	}
	if customers == nil {
		return nil
	}
	named, err := approversAt(db, customers...)
	if err != nil {
		return err
	}
	holders, err := holdersOfTheRole(db)
	if err != nil {
		return err
	}
	for i, g := range grants {
		if g.State == access.AwaitingApproval {
			grants[i].Approvers = deciders(named[g.CustomerID], holders, g.PersonID)
		}
	}
	return nil
}

// mayDecide asks policy about a person as they are now, and keeps what it rests on as it is until the transaction ends.
// refused is what policy says.
func mayDecide(tx *gorm.DB, id access.GrantID, by access.PersonID) (refused, err error) {
	g, err := readGrant(tx, id) // its person and its customer stay
	if err != nil {
		return nil, err
	}
	row, err := one[personRow](tx.Clauses(unchanged), "id = ?", by)
	if err != nil {
		return nil, fmt.Errorf("approver: %w", err)
	}
	p, err := row.person()
	if err != nil {
		return nil, err
	}
	teams, err := teamsOf(tx.Clauses(unchanged), by)
	if err != nil {
		return nil, err
	}
	if _, err := one[customerRow](tx.Clauses(unchanged), "id = ?", g.CustomerID); err != nil {
		return nil, fmt.Errorf("customer: %w", err)
	}
	named, err := approversAt(tx, g.CustomerID)
	if err != nil {
		return nil, err
	}
	return named[g.CustomerID].Admit(access.Decider{ID: by, Roles: p.Roles, Suspended: p.Suspended, Teams: teams}, g.PersonID), nil
}
