package store

import (
	"context"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type personRow struct {
	ID           access.PersonID `gorm:"primaryKey"`
	Name, Handle string
	Roles        list
	Suspended    bool
	CreatedAt    instant
	Revision     int64
}

func (personRow) TableName() string { return "people" }

func (r personRow) person() (Person, error) {
	var bad error
	p := Person{
		ID:        r.ID,
		Name:      parsed(&bad, access.NewName, r.Name),
		Handle:    parsed(&bad, access.NewHandle, r.Handle),
		Roles:     parsedAll(&bad, access.ParseMSPRole, r.Roles),
		Suspended: r.Suspended,
		CreatedAt: r.CreatedAt.Time,
		Revision:  r.Revision,
	}
	if bad != nil {
		return Person{}, unreadable("person "+r.ID.String(), bad)
	}
	return p, nil
}

// AddPerson adds a person; access.ErrInvalid where the id is taken, access.ErrHandleTaken where the handle is.
func (s *Store) AddPerson(ctx context.Context, p Person, by Actor, once ...Intent) error {
	return s.make(ctx, p.ID.String(), by, once, func(tx *gorm.DB) ([]entry, error) {
		return s.addPeople(tx, []Person{p}, by)
	})
}

func (s *Store) addPeople(tx *gorm.DB, people []Person, by Actor) ([]entry, error) {
	rows, entries := make([]personRow, len(people)), make([]entry, len(people))
	for i, p := range people {
		roles := listOf(p.Roles, func(r access.MSPRole) string { return string(r) })
		rows[i] = personRow{
			ID: p.ID, Name: p.Name.String(), Handle: p.Handle.String(), Roles: roles,
			Suspended: p.Suspended, CreatedAt: instant{s.orNow(p.CreatedAt)}, Revision: 1,
		}
		entries[i] = entry{
			key: "person/" + p.ID.String() + "/added", action: audit.PersonAdded, by: by, person: p.ID,
			details: facts{"name": p.Name.String(), "handle": p.Handle.String(), "roles": roles},
		}
	}
	return entries, addAll(tx, rows)
}

// Person returns a person or access.ErrNotFound.
func (s *Store) Person(ctx context.Context, id access.PersonID) (Person, error) {
	return readPerson(s.db.WithContext(ctx), "id = ?", id)
}

// PersonByHandle returns a person or access.ErrNotFound.
func (s *Store) PersonByHandle(ctx context.Context, h access.Handle) (Person, error) {
	return readPerson(s.db.WithContext(ctx), "handle = ?", h.String())
}

func readPerson(db *gorm.DB, query string, arg any) (Person, error) {
	row, err := one[personRow](db, query, arg)
	if err != nil {
		return Person{}, err
	}
	return row.person()
}

// People returns everybody, sorted by handle.
func (s *Store) People(ctx context.Context) ([]Person, error) {
	return readPeople(s.db.WithContext(ctx))
}

func readPeople(query *gorm.DB) ([]Person, error) {
	var rows []personRow
	if err := query.Order("handle").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return all(rows, personRow.person)
}
