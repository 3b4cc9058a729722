package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Roster reads what a list is held against, all of it as it is at one instant. It locks nothing.
func (s *Store) Roster(ctx context.Context, list List) (r Roster, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r, err = readRoster(tx, list)
		return err
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	return r, translate(err)
}

// Import holds plan against what there is and carries out what it returns, in one transaction: all of it, or nothing.
// Imports queue. Where somebody else changed something in between, so that the database refuses, plan is asked again and
// sees it. An error of plan ends the import, and is returned.
func (s *Store) Import(ctx context.Context, list List, plan func(Roster) (Changes, error), by Actor) error {
	const attempts = 3
	for attempt := 1; ; attempt++ {
		planned := false
		err := s.write(ctx, func(tx *gorm.DB) error {
			planned = false
			if err := s.holdStill(tx, list); err != nil {
				return err
			}
			roster, err := readRoster(tx, list)
			if err != nil {
				return err
			}
			changes, err := plan(roster)
			if err != nil {
				return err
			}
			planned = true
			entries, err := s.carryOut(tx, changes, by)
			if err != nil {
				return err
			}
			return s.record(tx, entries...)
		})
		moved := planned && (errors.Is(err, access.ErrInvalid) || errors.Is(err, access.ErrNotFound))
		if !moved || attempt == attempts {
			return err
		}
	}
}

// holdStill makes imports wait for each other, and keeps the rows that this one may change as they are. In SQLite, where
// the writer is alone, they stay so by themselves.
func (s *Store) holdStill(tx *gorm.DB, list List) error {
	const allImports = 0x686f7572 // any number that nobody else locks
	if s.dialect != postgreSQL {
		return nil
	}
	if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", allImports).Error; err != nil {
		return err
	}
	for _, rows := range map[List][]any{
		CustomerList: {&customerRow{}},
		PersonList:   {&personRow{}, &teamRow{}},
	}[list] {
		var ids []string
		if err := tx.Clauses(forItself).Model(rows).Order("id").Pluck("id", &ids).Error; err != nil {
			return err
		}
	}
	return nil
}

// readRoster reads entitlements before what they name, so that of what is added meanwhile no name is missing.
func readRoster(tx *gorm.DB, list List) (r Roster, err error) {
	if list == EntitlementList {
		var rows []entitlementRow
		if err := tx.Find(&rows).Error; err != nil {
			return Roster{}, err
		}
		for _, row := range rows {
			r.Entitlements = append(r.Entitlements, row.entitlement())
		}
		if r.Profiles, err = readProfiles(tx); err != nil {
			return Roster{}, err
		}
	}
	if list != PersonList {
		if r.Customers, err = readCustomers(tx); err != nil {
			return Roster{}, err
		}
	}
	if r.Teams, err = readTeams(tx); err != nil {
		return Roster{}, err
	}
	if r.People, err = readPeople(tx); err != nil {
		return Roster{}, err
	}
	switch list {
	case CustomerList:
		r.Approvers, err = approvers(tx)
	case PersonList:
		if r.Enrolled, err = enrolled(tx); err == nil {
			r.FormerHandles, err = formerHandles(tx)
		}
	}
	return r, err
}

func formerHandles(tx *gorm.DB) (map[access.Handle]bool, error) {
	var handles []string
	err := tx.Raw("SELECT handle FROM handles WHERE handle NOT IN (SELECT handle FROM people)").Scan(&handles).Error
	former := make(map[access.Handle]bool, len(handles))
	for _, h := range handles {
		handle, bad := access.NewHandle(h)
		if bad != nil {
			return nil, unreadable("a former handle", bad)
		}
		former[handle] = true
	}
	return former, err
}

func enrolled(tx *gorm.DB) (map[access.PersonID]bool, error) {
	var people []access.PersonID
	err := tx.Model(&passkeyRow{}).Distinct().Pluck("person_id", &people).Error
	found := make(map[access.PersonID]bool, len(people))
	for _, p := range people {
		found[p] = true
	}
	return found, err
}

// carryOut returns the records of the changes, each as if it had been made by itself, and one of the import. Changes that
// change nothing leave no record.
func (s *Store) carryOut(tx *gorm.DB, c Changes, by Actor) ([]entry, error) {
	var entries []entry
	for _, carry := range []func() ([]entry, error){
		func() ([]entry, error) { return s.addCustomers(tx, c.AddCustomers, by) },
		func() ([]entry, error) {
			return each(c.ChangeCustomers, func(change CustomerChange) ([]entry, error) {
				_, changed, err := s.changeCustomer(tx, change.ID, 0, change.To, by)
				return changed, err
			})
		},
		func() ([]entry, error) {
			return each(c.SetApprovers, func(change ApproversChange) ([]entry, error) { return changeApprovers(tx, change.ID, 0, change.To, by) })
		},
		func() ([]entry, error) { return s.addPeople(tx, c.AddPeople, by) },
		func() ([]entry, error) { return addEnrolments(tx, c.Enrolments, 0, by) },
		func() ([]entry, error) { return changePeople(tx, c.ChangePeople, by) },
		func() ([]entry, error) {
			return each(c.AddTeams, func(t Team) ([]entry, error) {
				added, err := addTeam(tx, t.ID, t.Name, t.memberIDs(), by)
				return []entry{added}, err
			})
		},
		func() ([]entry, error) {
			return each(c.ChangeTeams, func(t Team) ([]entry, error) { return changeTeam(tx, t.ID, 0, t.Name, t.memberIDs(), by) })
		},
		func() ([]entry, error) { return addEntitlements(tx, c.AddEntitlements, by) },
		func() ([]entry, error) { return removeEntitlements(tx, c.RemoveEntitlements, by) },
	} {
		made, err := carry()
		if err != nil {
			return nil, translate(err)
		}
		entries = append(entries, made...)
	}
	if len(entries) == 0 {
		return nil, nil
	}
	return append(entries, entry{
		key: "import/" + c.File.ID, action: audit.ListImported, by: by,
		details: facts{
			"list": c.File.List, "lines": c.File.Lines, "file_sha256": hex.EncodeToString(c.File.SHA256[:]), "changes": len(entries),
		},
	}), nil
}

func each[T any](items []T, carry func(T) ([]entry, error)) (entries []entry, err error) {
	for _, item := range items {
		made, err := carry(item)
		if err != nil {
			return nil, err
		}
		entries = append(entries, made...)
	}
	return entries, nil
}

// changePeople asks only at the end whether an admin is left: two may change places.
func changePeople(tx *gorm.DB, changes []PersonChange, by Actor) (entries []entry, err error) {
	demoted := false
	for _, change := range changes {
		row, err := one[personRow](tx.Clauses(forItself), "id = ?", change.ID)
		if err != nil {
			return nil, err
		}
		before := row.activeAdmin()
		entry, changed := row.change(PersonSettings{Name: change.Name, Roles: change.Roles}, by)
		if !changed {
			continue
		}
		row.Revision++
		if err := tx.Save(&row).Error; err != nil {
			return nil, err
		}
		entry.key, entry.person = fmt.Sprintf("person/%s/changed/%d", row.ID, row.Revision), row.ID
		entries = append(entries, entry)
		demoted = demoted || before && !row.activeAdmin()
	}
	if demoted {
		return entries, anAdminIsLeft(tx)
	}
	return entries, nil
}
