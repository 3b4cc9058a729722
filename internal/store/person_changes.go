package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// ChangePerson changes a person's name, handle and MSP roles, at a revision (see unchangedSince). What is so already
// changes nothing. The last active admin keeps the role (access.ErrLastAdmin); a handle that somebody else has or had is
// access.ErrHandleTaken.
func (s *Store) ChangePerson(ctx context.Context, id access.PersonID, revision int64, to PersonSettings, by Actor) error {
	return s.changePerson(ctx, id, func(_ *gorm.DB, row *personRow) (string, []entry, error) {
		e, changed := row.change(to, by)
		if !changed {
			return "", nil, nil
		}
		if err := unchangedSince(row.Revision, revision); err != nil {
			return "", nil, err
		}
		return "changed", []entry{e}, nil
	})
}

// change gives the row what an admin may change, and reports whether that changes anything.
func (r *personRow) change(to PersonSettings, by Actor) (entry, bool) {
	roles, handle := listOf(to.Roles, func(r access.MSPRole) string { return string(r) }), r.Handle
	if to.Handle != (access.Handle{}) {
		handle = to.Handle.String()
	}
	if r.Name == to.Name.String() && r.Handle == handle && slices.Equal(r.Roles, roles) {
		return entry{}, false
	}
	r.Name, r.Handle, r.Roles = to.Name.String(), handle, roles
	return entry{action: audit.PersonChanged, by: by, details: facts{"name": r.Name, "handle": handle, "roles": roles}}, true
}

// SuspendPerson keeps a person out: their sessions end, their paired browsers are removed, and their enrolment links become void. Their grants are
// Uncovered from then on. A repeat changes nothing; the last active admin is access.ErrLastAdmin.
func (s *Store) SuspendPerson(ctx context.Context, id access.PersonID, by Actor) error {
	return s.changePerson(ctx, id, func(tx *gorm.DB, row *personRow) (string, []entry, error) {
		if row.Suspended {
			return "", nil, nil
		}
		row.Suspended = true
		voided, err := s.voidEnrolments(tx, id)
		if err != nil {
			return "", nil, err
		}
		sessions, err := deleteSessions(tx, by, "person_id = ?", id)
		if err != nil {
			return "", nil, err
		}
		browsers, err := s.removeBrowsers(tx, Removed, by, "person_id = ?", id)
		suspended := entry{
			action: audit.PersonSuspended, by: by, details: facts{"sessions": len(sessions), "browsers": len(browsers), "voided": voided},
		}
		return "suspended", slices.Concat([]entry{suspended}, sessions, browsers), err
	})
}

// ResumePerson lets a suspended person in again. A repeat changes nothing.
func (s *Store) ResumePerson(ctx context.Context, id access.PersonID, by Actor) error {
	return s.changePerson(ctx, id, func(_ *gorm.DB, row *personRow) (string, []entry, error) {
		if !row.Suspended {
			return "", nil, nil
		}
		row.Suspended = false
		return "resumed", []entry{{action: audit.PersonResumed, by: by}}, nil
	})
}

// changePerson lets change see the row; no entries say that there is nothing to write. The first entry is about the
// change itself and gets its key here.
func (s *Store) changePerson(ctx context.Context, id access.PersonID, change func(tx *gorm.DB, row *personRow) (what string, entries []entry, err error)) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		// With all admins, so that of two that make each other the last one, the second one waits and sees it.
		var rows []personRow
		err := tx.Clauses(forItself).Where(`id = ? OR CAST(roles AS text) LIKE '%"admin"%'`, id).Order("id").Find(&rows).Error
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r personRow) bool { return r.ID == id })
		if i < 0 {
			return access.ErrNotFound
		}
		row := rows[i]
		what, entries, err := change(tx, &row)
		if err != nil || len(entries) == 0 {
			return err
		}
		row.Revision++
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		if rows[i].activeAdmin() && !row.activeAdmin() {
			if err := anAdminIsLeft(tx); err != nil {
				return err
			}
		}
		entries[0].key, entries[0].person = fmt.Sprintf("person/%s/%s/%d", id, what, row.Revision), id
		return s.record(tx, entries...)
	})
}

func (r personRow) activeAdmin() bool {
	return !r.Suspended && slices.Contains(r.Roles, string(access.Admin))
}

// anAdminIsLeft is access.ErrLastAdmin unless somebody is an admin, not suspended and has a passkey.
func anAdminIsLeft(tx *gorm.DB) error {
	var left int64
	err := tx.Model(&personRow{}).
		Where(`NOT suspended AND CAST(roles AS text) LIKE '%"admin"%'`).
		Where("EXISTS (SELECT 1 FROM passkeys k WHERE k.person_id = people.id)").Count(&left).Error
	if err == nil && left == 0 {
		err = access.ErrLastAdmin
	}
	return err
}
