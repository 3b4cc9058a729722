package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type teamRow struct {
	ID       access.TeamID `gorm:"primaryKey"`
	Name     string
	Revision int64
}

func (teamRow) TableName() string { return "teams" }

type teamMemberRow struct {
	PersonID access.PersonID `gorm:"primaryKey"`
	TeamID   access.TeamID   `gorm:"primaryKey"`
}

func (teamMemberRow) TableName() string { return "team_members" }

type entitlementRow struct {
	ID         access.EntitlementID `gorm:"primaryKey"`
	PersonID   access.PersonID
	TeamID     access.TeamID
	ProfileID  access.ProfileID
	CustomerID access.CustomerID
	EndsAt     *instant
}

func (entitlementRow) TableName() string { return "entitlements" }

func (r entitlementRow) entitlement() Entitlement {
	return Entitlement{
		ID: r.ID, PersonID: r.PersonID, TeamID: r.TeamID, ProfileID: r.ProfileID,
		CustomerID: r.CustomerID, EndsAt: r.EndsAt.optional(),
	}
}

// AddTeam adds a team with its members; access.ErrInvalid where the id is taken.
func (s *Store) AddTeam(ctx context.Context, id access.TeamID, name access.Name, members []access.PersonID, by Actor, once ...Intent) error {
	return s.make(ctx, id.String(), by, once, func(tx *gorm.DB) ([]entry, error) {
		added, err := addTeam(tx, id, name, members, by)
		return []entry{added}, err
	})
}

func addTeam(tx *gorm.DB, id access.TeamID, name access.Name, members []access.PersonID, by Actor) (entry, error) {
	if err := tx.Create(&teamRow{ID: id, Name: name.String(), Revision: 1}).Error; err != nil {
		return entry{}, err
	}
	return entry{
		key: "team/" + id.String() + "/added", action: audit.TeamAdded, by: by,
		details: facts{"team_id": id, "name": name.String(), "members": members},
	}, join(tx, id, members)
}

// join makes people members of a team.
func join(tx *gorm.DB, team access.TeamID, people []access.PersonID) error {
	rows := make([]teamMemberRow, len(people))
	for i, person := range people {
		rows[i] = teamMemberRow{PersonID: person, TeamID: team}
	}
	return addAll(tx, rows)
}

// AddEntitlement adds an entitlement. access.ErrInvalid where it is not for exactly one of person and
// team or the id is taken, access.ErrNotFound where it refers to nothing.
func (s *Store) AddEntitlement(ctx context.Context, e Entitlement, by Actor, once ...Intent) error {
	return s.make(ctx, e.ID.String(), by, once, func(tx *gorm.DB) ([]entry, error) {
		return addEntitlements(tx, []Entitlement{e}, by)
	})
}

func addEntitlements(tx *gorm.DB, entitlements []Entitlement, by Actor) ([]entry, error) {
	rows, entries := make([]entitlementRow, len(entitlements)), make([]entry, len(entitlements))
	customers := map[access.CustomerID]bool{}
	for i, e := range entitlements {
		customers[e.CustomerID] = true
		rows[i] = entitlementRow{
			ID: e.ID, PersonID: e.PersonID, TeamID: e.TeamID, ProfileID: e.ProfileID, CustomerID: e.CustomerID,
			EndsAt: optionalInstant(e.EndsAt),
		}
		entries[i] = entry{
			key: "entitlement/" + e.ID.String() + "/added", action: audit.EntitlementAdded, by: by,
			person: e.PersonID, customer: e.CustomerID,
			details: facts{"entitlement_id": e.ID, "team_id": e.TeamID, "profile_id": e.ProfileID, "ends_at": e.EndsAt},
		}
	}
	delete(customers, access.CustomerID{}) // all customers
	if err := keepPresent(tx, slices.Collect(maps.Keys(customers))); err != nil {
		return nil, err
	}
	return entries, addAll(tx, rows)
}

// inForce selects a person's entitlements, own and through these teams, that have not ended at an instant. The teams are
// read before, because PostgreSQL uses no index for "own or through a team" in one condition.
func inForce(db *gorm.DB, p access.PersonID, teams []access.TeamID, at time.Time) *gorm.DB {
	return db.Model(&entitlementRow{}).
		Where("(person_id = ? OR team_id IN ?)", p, teams).
		Where("(ends_at IS NULL OR ends_at > ?)", instant{at})
}

// teamsOf returns the teams of a person.
func teamsOf(db *gorm.DB, p access.PersonID) ([]access.TeamID, error) {
	var memberships []teamMemberRow
	err := db.Where("person_id = ?", p).Find(&memberships).Error
	teams := make([]access.TeamID, len(memberships))
	for i, m := range memberships {
		teams[i] = m.TeamID
	}
	return teams, err
}

// entitled reports whether a person may use a profile at a customer now, and keeps the memberships
// and the entitlements that say so from being taken away before the transaction ends: whoever takes
// one away and then looks for live grants sees the grant that this transaction makes.
func entitled(tx *gorm.DB, p access.PersonID, profile access.ProfileID, customer access.CustomerID, now time.Time) (bool, error) {
	teams, err := teamsOf(tx.Clauses(unchanged), p)
	if err != nil {
		return false, err
	}
	var found []entitlementRow
	err = inForce(tx, p, teams, now).Clauses(unchanged).
		Where("profile_id = ? AND (customer_id = ? OR customer_id IS NULL)", profile, customer).Find(&found).Error
	return len(found) > 0, err
}
